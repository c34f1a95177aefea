/** Other programs that use the same account. Their requests are plain, and nothing happens to them on their way. */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as Errors from "../../src/Errors.ts"
import * as Reply from "../../src/internal/server/http/ServerReply.ts"
import type { Dice } from "./Dice.ts"
import type { Ask, End } from "./History.ts"
import * as Scenario from "./Scenario.ts"
import type { World } from "./World.ts"

const tokens: Readonly<Record<string, string>> = { a: "sk-canary-a", b: "sk-canary-b" }

/** The id of a contact that the account has or had. */
export const anyId = ({ history }: World, account: string, dice: Dice): string => {
  const made = history.commits.filter((commit) => commit.kind === "insert" && commit.account === account)
  const index = dice.chance(0.6) ? made.length - 1 - dice.below(3) : dice.below(made.length)
  return made[index]?.id ?? "cmwsk55x8000com7dj9qcuwx6"
}

const toRequest = (ask: Ask): HttpClientRequest.HttpClientRequest => {
  const post = (path: string, body: object) =>
    HttpClientRequest.post(`http://localhost/api/v1/contact${path}`).pipe(
      HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
    )
  switch (ask.kind) {
    case "create":
    case "ensure":
      return post(`/${ask.kind}`, { ...ask.content, fingerprint: ask.fingerprint })
    case "update":
      return post(`/${ask.id}/update`, {
        nick: ask.nick,
        fingerprint: ask.fingerprint,
        ...(ask.tier === undefined ? {} : { meta: { tier: ask.tier } })
      })
    case "delete":
      return post(`/${ask.id}/delete`, {})
    case "fetch":
    case "list":
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

/** What was answered, as the error that a client would have of it. */
const toEnd = (response: HttpServerResponse.HttpServerResponse, ask: Ask): Effect.Effect<End> => {
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
  return Effect.succeed({ kind: "failed", error: ask.kind === "list" ? new Errors.Forbidden(facts) : error })
}

/** Makes one request to its end, all at once. */
export const run = Effect.fnUntraced(function* (world: World, account: string, ask: Ask) {
  const { history, server } = world
  const call = history.begin({ who: "another program", account, ask, isGuarded: true })
  history.note(`call ${call.number} of another program: ${JSON.stringify(ask)}`)
  call.sent.push({ path: "", query: "", isStream: false, at: history.tick(), isRefused: false, arrived: 1 })
  const request = HttpClientRequest.setHeader(toRequest(ask), "authorization", `Bearer ${tokens[account] ?? ""}`)
  const end = yield* server.handleAtOnce(request, { call: call.number, request: 0 }).pipe(
    Effect.flatMap((response) => toEnd(response, ask)),
    Effect.orDie
  )
  call.end = end
  call.ended = history.tick()
  history.note(`call ${call.number} ends: ${end.kind === "failed" ? end.error._tag : JSON.stringify(end)}`)
})

/** Makes a contact with this fingerprint, if there is none. */
export const ensure = (world: World, account: string, fingerprint: string): Effect.Effect<void> =>
  run(world, account, {
    kind: "ensure",
    fingerprint,
    content: { name: "Canary Racer", nick: "canary-racer", meta: { tier: "iron" } }
  })

const drawAsk = (world: World, dice: Dice, unique: string): Ask => {
  const content = Scenario.content(dice, unique)
  const fingerprint = dice.pick(Scenario.fingerprints)
  const id = anyId(world, "a", dice)
  return dice.pick<() => Ask>([
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
export const runSome = Effect.fnUntraced(function* (world: World, count: number, dice: Dice) {
  for (let nth = 0; nth < count; nth++) {
    yield* Effect.sleep(dice.millis(60_000))
    yield* run(world, "a", drawAsk(world, dice, `other-${nth}`))
  }
})
