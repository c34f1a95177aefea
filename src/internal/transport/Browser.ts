/** A browser sends only requests that CORS allows (wire contract 6). */
import * as Context from "effect/Context"

/** The globals that tell runtimes apart. */
export interface Globals {
  readonly document?: unknown
  readonly importScripts?: unknown
  readonly WorkerGlobalScope?: unknown
  readonly location?: { readonly protocol?: unknown } | undefined
  readonly navigator?: { readonly userAgent?: unknown } | undefined
  readonly process?: { readonly type?: unknown; readonly versions?: object } | undefined
}

/** Runtimes of servers, some of which have the globals of a worker or, for tests, of a page. */
const isServer = (globals: Globals): boolean =>
  "Deno" in globals ||
  "EdgeRuntime" in globals ||
  globals.navigator?.userAgent === "Cloudflare-Workers" ||
  // Node and Bun; Electron has pages in Node.
  ("node" in (globals.process?.versions ?? {}) && globals.process?.type !== "renderer")

/**
 * True in a page or a worker of a browser, but not in those of an extension, which the user can exempt from CORS.
 */
export const detect = (globals: Globals): boolean =>
  (typeof globals.document === "object" ||
    (typeof globals.importScripts === "function" && typeof globals.WorkerGlobalScope === "function")) &&
  !isServer(globals) &&
  !String(globals.location?.protocol).endsWith("-extension:")

/** True if a browser sends the requests. */
export const IsBrowser = Context.Reference<boolean>("effect-chatbotkit/internal/transport/IsBrowser", {
  defaultValue: () => detect(globalThis)
})

/** The headers that CORS always allows, and those that the vendor's server allows. */
const allowed: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "authorization",
  "content-language",
  "content-length",
  "content-type",
  "x-requested-with"
])

/** The names of the headers that the vendor's server allows no page of another origin to send. */
export const blocked = (headers: object): ReadonlyArray<string> =>
  Object.keys(headers).filter((name) => !allowed.has(name))
