import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { field, json, type Reply } from "../Reply.ts"
import { exchange, type Open, type Target, type Wire } from "./Target.ts"

/** Where a live server is and how to get in. */
export interface Options {
  readonly baseUrl: string
  readonly secret: Redacted.Redacted<string>
}

const official = "https://api.chatbotkit.com"

/** The live server to run against, or why there is none: both variables must be set, so that no one runs it by chance. */
export const fromEnvironment = (environment: Readonly<Record<string, string | undefined>>): Options | string => {
  const secret = environment["CHATBOTKIT_API_SECRET"]
  if (environment["CHATBOTKIT_CONFORMANCE"] !== "live") return "CHATBOTKIT_CONFORMANCE is not set to live"
  if (secret === undefined || secret === "") return "CHATBOTKIT_API_SECRET is not set"
  return { secret: Redacted.make(secret), baseUrl: environment["CHATBOTKIT_BASE_URL"] || official }
}

const makes = /\/contact\/(?:create|ensure)$/
const deletes = /\/contact\/([^/]+)\/delete$/

/**
 * A server that others use too. What a case made is deleted when it ends, however it ends: a request that makes
 * something is never given up half way, so that its id is known.
 */
export const live =
  ({ baseUrl, secret }: Options): Open =>
  () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(NodeHttpClient.layerUndici)
      const client = Context.get(context, HttpClient.HttpClient)
      const url = new URL(baseUrl)
      const prefix = url.origin === official ? "/v1" : "/api/v1"
      const authorization = `Bearer ${Redacted.value(secret)}`
      const made = new Set<string>()
      const note = ({ method, path }: Wire, reply: Reply) => {
        if (method !== "POST" || reply.status !== 200) return
        const id = field(json(reply), "id")
        if (typeof id === "string" && makes.test(path)) made.add(id)
        if (typeof id === "string" && deletes.test(path)) made.delete(id)
      }
      const ask = (wire: Wire) =>
        exchange(client, url.origin, wire).pipe(Effect.tap((reply) => Effect.sync(() => note(wire, reply))))
      const headers = { authorization, "content-type": "application/json" }
      const cleanUp = Effect.suspend(() =>
        Effect.forEach([...made], (id) =>
          Effect.ignore(ask({ method: "POST", path: `${prefix}/contact/${id}/delete`, headers, body: "{}" }))
        )
      )
      yield* Effect.addFinalizer(() => cleanUp)
      const target: Target = {
        prefix,
        authorization,
        run: `run-${randomUUID()}`,
        controlled: false,
        send: (wire) => (makes.test(wire.path) ? Effect.uninterruptible(ask(wire)) : ask(wire)),
        setClock: () => Effect.die(new Error("The clock of a live server can't be set"))
      }
      return target
    })
