/** Other programs that use the same account. Their requests are sent without the client, and without faults. */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as Errors from "../../src/Errors.ts"
import * as Reply from "../../src/internal/server/http/ServerReply.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import type { End, Operation } from "./History.ts"
import * as Scenario from "./Scenario.ts"
import type { World } from "./World.ts"

const tokens: Readonly<Record<string, string>> = { a: "sk-canary-a", b: "sk-canary-b" }

/** The id of a contact that the account has or had. */
export const anyId = ({ history }: World, account: string, random: SeededRandom): string => {
  const made = history.commits.filter((commit) => commit.kind === "insert" && commit.account === account)
  const index = random.chance(0.6) ? made.length - 1 - random.below(3) : random.below(made.length)
  return made[index]?.id ?? "cmwsk55x8000com7dj9qcuwx6"
}

const toRequest = (operation: Operation): HttpClientRequest.HttpClientRequest => {
  const post = (path: string, body: object) =>
    HttpClientRequest.post(`http://localhost/api/v1/contact${path}`).pipe(
      HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
    )
  switch (operation.kind) {
    case "create":
    case "ensure":
      return post(`/${operation.kind}`, { ...operation.content, fingerprint: operation.fingerprint })
    case "update":
      return post(`/${operation.id}/update`, {
        nick: operation.nick,
        fingerprint: operation.fingerprint,
        email: operation.email,
        ...(operation.tier === undefined ? {} : { meta: { tier: operation.tier } })
      })
    case "delete":
      return post(`/${operation.id}/delete`, {})
    default:
      return HttpClientRequest.get("http://localhost/api/v1/contact/list")
  }
}

/** The id in the body of a success. */
const idOf = (response: HttpServerResponse.HttpServerResponse): Effect.Effect<string> =>
  Stream.mkString(Stream.decodeText(Reply.body(response))).pipe(
    Effect.orDie,
    Effect.map((text) => {
      const parsed: { readonly id?: string } = JSON.parse(text)
      return parsed.id ?? ""
    })
  )

/** The answer, as the result or error that a client would have. */
const toEnd = (response: HttpServerResponse.HttpServerResponse, operation: Operation): Effect.Effect<End> => {
  if (response.status === 200) return Effect.map(idOf(response), (id): End => ({ kind: "ok", id }))
  const facts = {
    operation: "another program",
    method: "POST",
    path: "",
    status: response.status,
    description: "",
    attempts: 1,
    outcome: "rejected",
    isRetryable: false
  } as const
  const isKnown = response.status === 404 ? new Errors.NotFound({ ...facts, contactId: "" }) : undefined
  const error = response.status === 409 ? new Errors.Conflict(facts) : (isKnown ?? new Errors.Forbidden(facts))
  return Effect.succeed({ kind: "failed", error: operation.kind === "list" ? new Errors.Forbidden(facts) : error })
}

/** Makes one request, which is answered at once. */
export const run = Effect.fnUntraced(function* (world: World, account: string, operation: Operation) {
  const { history, server } = world
  const call = history.begin({ caller: "another program", account, operation, exactlyOnce: true })
  history.log(`call ${call.number} of another program: ${JSON.stringify(operation)}`)
  call.sent.push({ path: "", query: "", isStream: false, at: history.nextEvent(), isRefused: false, arrived: 1 })
  const request = HttpClientRequest.setHeader(toRequest(operation), "authorization", `Bearer ${tokens[account] ?? ""}`)
  const end = yield* server.handleWithoutFaults(request, { call: call.number, request: 0 }).pipe(
    Effect.flatMap((response) => toEnd(response, operation)),
    Effect.orDie
  )
  call.end = end
  call.ended = history.nextEvent()
  history.log(`call ${call.number} ends: ${end.kind === "failed" ? end.error._tag : JSON.stringify(end)}`)
})

/** Ensures a contact with this fingerprint. */
export const ensure = (world: World, account: string, fingerprint: string): Effect.Effect<void> =>
  run(world, account, {
    kind: "ensure",
    fingerprint,
    content: { name: "Canary Racer", nick: "canary-racer", meta: { tier: "iron" } }
  })

const drawOperation = (world: World, random: SeededRandom, unique: string): Operation => {
  const content = Scenario.content(random, unique)
  const fingerprint = random.pick(Scenario.fingerprints)
  const id = anyId(world, "a", random)
  return random.pick<() => Operation>([
    () => ({ kind: "create", fingerprint, content }),
    () => ({ kind: "create", fingerprint: undefined, content }),
    () => ({ kind: "ensure", fingerprint, content }),
    () => ({ kind: "update", id, nick: content.nick, tier: content.meta.tier }),
    () => ({ kind: "update", id, nick: content.nick, fingerprint }),
    () => ({ kind: "delete", id }),
    () => ({ kind: "delete", id })
  ])()
}

/** Makes some requests at random times. */
export const runSome = Effect.fnUntraced(function* (world: World, count: number, random: SeededRandom) {
  for (let nth = 0; nth < count; nth++) {
    yield* Effect.sleep(random.millis(60_000))
    yield* run(world, "a", drawOperation(world, random, `other-${nth}`))
  }
})
