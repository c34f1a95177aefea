import * as Result from "effect/Result"

/** The server that requests go to. */
export interface Server {
  /** Everything before the path template, such as `https://api.chatbotkit.com/v1`. */
  readonly prefix: string
  /** The host and port, for spans and metrics. */
  readonly server: { readonly address: string; readonly port: number }
}

/** The host of the vendor's own server. */
export const vendorHost = "api.chatbotkit.com"

export const vendor = `https://${vendorHost}`

const expected = "Expected an http or https URL"

/** Matches `host.test`, `host.test/path` and `localhost:8787`, which parses as a URL with the scheme `localhost:`. */
const withoutScheme = /^[\w.-]+(?::\d+)?(?:\/|$)/

/**
 * Gives the server of a base URL, or the problem of the URL. The prefix ends in `/v1` on the vendor's host and in `/api/v1` on
 * any other, as in the official client.
 */
export const parse = (baseUrl: unknown): Result.Result<Server, string> => {
  if (typeof baseUrl === "string" && withoutScheme.test(baseUrl)) {
    return Result.fail(`${expected}: put https:// (or http://) in front`)
  }
  if (!(typeof baseUrl === "string" || baseUrl instanceof URL) || !URL.canParse(baseUrl)) return Result.fail(expected)
  const url = new URL(baseUrl)
  if (!/^https?:$/.test(url.protocol)) return Result.fail(expected)
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return Result.fail(`${expected} without credentials, query or fragment`)
  }
  const path = url.pathname.replace(/\/+$/, "")
  const isVendor = url.hostname === vendorHost
  // The vendor's URL may end in /v1, as it does in the OpenAPI document.
  if (/\/(?:api\/)?v1$/.test(path) && !(isVendor && path === "/v1")) {
    return Result.fail("Leave out /v1 or /api/v1 at the end: the client adds it")
  }
  if (isVendor && path !== "" && path !== "/v1") return Result.fail(`Expected ${vendor} without a path`)
  return Result.succeed({
    prefix: isVendor ? `${url.origin}/v1` : `${url.origin}${path}/api/v1`,
    server: {
      address: url.hostname,
      port: Number(url.port !== "" ? url.port : url.protocol === "https:" ? 443 : 80)
    }
  })
}
