/** The headings of a Markdown document. A line such as `# comment` in a fenced code block is not a heading. */
const headingsOf = (text: string): ReadonlyArray<string> => {
  const headings: Array<string> = []
  let fence = ""
  for (const line of text.split("\n")) {
    const [, mark = ""] = /^\s*(`{3,}|~{3,})/.exec(line) ?? []
    const [, heading] = /^#+ (.+)$/.exec(line) ?? []
    if (fence === "") {
      fence = mark
      if (heading !== undefined) headings.push(heading)
    } else if (mark.startsWith(fence) && line.trim() === mark) fence = ""
  }
  return headings
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")

/** The anchors that GitHub makes of the headings of a Markdown document. Repeated ones get `-1`, `-2` and so on. */
export const anchorsOf = (text: string): ReadonlySet<string> => {
  const repeats = new Map<string, number>()
  for (const heading of headingsOf(text)) {
    const plain = anchorOf(heading)
    let anchor = plain
    while (repeats.has(anchor)) {
      const count = (repeats.get(plain) ?? 0) + 1
      repeats.set(plain, count)
      anchor = `${plain}-${count}`
    }
    repeats.set(anchor, 0)
  }
  return new Set(repeats.keys())
}
