import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as BaseUrl from "../../../../src/internal/call/options/BaseUrl.ts"

describe("a base URL", () => {
  it("gives the prefix of requests, and the server for spans", () => {
    assert.deepStrictEqual(Result.getOrThrow(BaseUrl.parse("https://proxy.test:8443/a/")), {
      prefix: "https://proxy.test:8443/a/api/v1",
      server: { address: "proxy.test", port: 8443 }
    })
    assert.deepStrictEqual(Result.getOrThrow(BaseUrl.parse(BaseUrl.vendor)), {
      prefix: "https://api.chatbotkit.com/v1",
      server: { address: BaseUrl.vendorHost, port: 443 }
    })
  })

  it.each([
    ["https://host.test/api/v1", "Leave out /v1 or /api/v1 at the end: the client adds it"],
    ["host.test", "Expected an http or https URL: put https:// (or http://) in front"],
    ["ftp://host.test", "Expected an http or https URL"],
    ["https://host.test?a=1", "Expected an http or https URL without credentials, query or fragment"],
    ["https://api.chatbotkit.com/other", "Expected https://api.chatbotkit.com without a path"],
    [undefined, "Expected an http or https URL"]
  ])("%s is refused, and the description says what to do", (baseUrl, description) =>
    assert.deepStrictEqual(BaseUrl.parse(baseUrl), Result.fail(description))
  )
})
