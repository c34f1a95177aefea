import { assert, describe, it } from "@effect/vitest"
import { anchorsOf } from "./Markdown.ts"

const anchors = (...lines: ReadonlyArray<string>) => [...anchorsOf(lines.join("\n"))]

describe("the anchors of a document", () => {
  it("are its headings in lower case, with hyphens and without punctuation", () => {
    assert.deepStrictEqual(anchors("# Why there is no HTTP/2", "text", "### `layers/Node`, and _more_"), [
      "why-there-is-no-http2",
      "layersnode-and-_more_"
    ])
  })

  it("leave out comments in fenced code blocks", () => {
    assert.deepStrictEqual(
      anchors(
        "# One",
        "```sh",
        "# a comment",
        "```",
        "# Two",
        "~~~~",
        "# a comment",
        "~~~",
        "# another",
        "~~~~",
        "# Three"
      ),
      ["one", "two", "three"]
    )
    assert.deepStrictEqual(anchors("- item", "  ```sh", "# a comment", "  ```", "```sh", "# not closed"), [])
  })

  it("number the headings that repeat one before them", () => {
    assert.deepStrictEqual(anchors("# Limits", "# Limits", "# Limits 1", "# Limits"), [
      "limits",
      "limits-1",
      "limits-1-1",
      "limits-2"
    ])
  })
})
