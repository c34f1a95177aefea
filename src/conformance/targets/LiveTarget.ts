import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { field, json, type Reply } from "../WireReply.ts"
import { exchange, type OpenTarget, type Target, type WireRequest } from "./CaseTarget.ts"

/** The address and the secret of a live server. */
export interface Options {
  readonly baseUrl: string
  readonly secret: Redacted.Redacted<string>
}

/** The address of the vendor. */
export const officialUrl = "https://api.chatbotkit.com"

const createPath = /\/contact\/(?:create|ensure)$/
const deletePath = /\/contact\/([^/]+)\/delete$/

/**
 * A server that others use too. The contacts that a case creates are deleted at its end, also after an interruption: so a
 * create is uninterruptible, which ensures that its id is known.
 */
export const live =
  ({ baseUrl, secret }: Options): OpenTarget =>
  () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(NodeHttpClient.layerUndici)
      const client = Context.get(context, HttpClient.HttpClient)
      const url = new URL(baseUrl)
      const prefix = url.origin === officialUrl ? "/v1" : "/api/v1"
      const authorization = `Bearer ${Redacted.value(secret)}`
      const created = new Set<string>()
      const recordContacts = ({ method, path }: WireRequest, reply: Reply) => {
        if (method !== "POST" || reply.status !== 200) return
        const id = field(json(reply), "id")
        if (typeof id === "string" && createPath.test(path)) created.add(id)
        if (typeof id === "string" && deletePath.test(path)) created.delete(id)
      }
      const send = (request: WireRequest) =>
        exchange(client, url.origin, request).pipe(
          Effect.tap((reply) => Effect.sync(() => recordContacts(request, reply)))
        )
      const headers = { authorization, "content-type": "application/json" }
      const cleanUp = Effect.suspend(() =>
        Effect.forEach([...created], (id) =>
          Effect.ignore(send({ method: "POST", path: `${prefix}/contact/${id}/delete`, headers, body: "{}" }))
        )
      )
      yield* Effect.addFinalizer(() => cleanUp)
      const target: Target = {
        prefix,
        authorization,
        run: `run-${randomUUID()}`,
        controlled: false,
        send: (request) => (createPath.test(request.path) ? Effect.uninterruptible(send(request)) : send(request)),
        setClock: () => Effect.die(new Error("The clock of a live server cannot be set")),
        received: Effect.die(new Error("The upstream of a live server is not ours")),
        rows: () => Effect.die(new Error("The store of a live server is not ours"))
      }
      return target
    })
