import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as ContactSecret from "../../src/ContactSecret.ts"
import * as Fake from "../support/FakeHttp.ts"
import { id } from "./Calls.ts"
import { reply, type RandomSource } from "./RandomReply.ts"
import { check, type Probe } from "./Probe.ts"

/** The number of replies, and the seed: `RANDOM_REPLIES=1000000 RANDOM_SEED=7 npm run faults`. */
export const runs = Number(process.env["RANDOM_REPLIES"] ?? 100_000)
export const seed = process.env["RANDOM_SEED"] ?? "replies"

const canaries = {
  name: "Canary Lovelace",
  email: "canary@example.com",
  phone: "+12025550199",
  nick: "canary-nick",
  fingerprint: "canary-fingerprint-0001"
}

/** Texts that no rendering of a failure may contain. */
const hidden = [Fake.secret, "canary", "Canary", "2025550199"]

/** The text that a server may quote: the whole request, and an e-mail address and a phone number. */
const quotedFrom = (request: HttpClientRequest.HttpClientRequest): string => {
  const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
  const values: ReadonlyArray<unknown> = body === "" ? [] : Object.values(JSON.parse(body))
  const params = [...request.urlParams].map(([, value]) => value)
  return [...values, ...params, body, request.headers["authorization"], canaries.email, canaries.phone]
    .join(" ")
    .replaceAll("\n", " ")
}

const calls: ReadonlyArray<Effect.Effect<unknown, unknown, Client>> = [
  Contact.create(canaries),
  Contact.create({ ...canaries, fingerprint: undefined }),
  Contact.fetch(id),
  Contact.update(id, canaries),
  Contact.delete(id),
  Contact.ensure({ ...canaries, fingerprint: "canary-fingerprint-0001" }),
  Contact.listPage({ take: 5 }),
  Stream.runCollect(Contact.list({ order: "asc" })),
  Stream.runCollect(Contact.list({ take: 3 })),
  Contact.listPage({ meta: { "a.b": "canary-nick" } }),
  Stream.runCollect(Contact.find({ emails: [canaries.email], meta: { "a.b": "canary-nick" } })),
  ContactSecret.authenticate(id, "(Canary Lovelace)"),
  ContactSecret.verify(id, "@canary"),
  ContactSecret.revoke(id, id),
  ContactSecret.mint(id, "@canary"),
  Stream.runCollect(ContactSecret.list(id))
]

const tags = new Set([
  "InvalidRequest",
  "Unauthorized",
  "PaymentRequired",
  "Forbidden",
  "NotFound",
  "Conflict",
  "RateLimited",
  "ServerError",
  "Timeout",
  "TransportError",
  "UnexpectedResponse"
])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isContact = (value: unknown): boolean =>
  isObject(value) && typeof value["id"] === "string" && typeof value["createdAt"] === "number"

/** The fault of a successful value, if any. It must have the operation's type, and a list no contact twice. */
const wrongValue = (which: number, value: unknown): string | undefined => {
  if (which === 2) return isContact(value) ? undefined : "no contact"
  if (which === 6 || which === 9) return isObject(value) && Array.isArray(value["items"]) ? undefined : "no page"
  if (which === 15) return Array.isArray(value) ? undefined : "no secrets"
  if (which !== 7 && which !== 8 && which !== 10)
    return isObject(value) && typeof value["id"] === "string" ? undefined : "no id"
  if (!Array.isArray(value) || !value.every(isContact)) return "no contacts"
  const ids = value.map((contact: { readonly id: string }) => contact.id)
  return new Set(ids).size === ids.length && (which !== 8 || ids.length <= 3) ? undefined : "doubled or too many"
}

/** The fault of an exit, if any. A correct value is none, and neither is a typed failure without a hidden text. */
const wrongExit = (which: number, exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return wrongValue(which, exit.value)
  if (exit.cause.reasons.some((reason) => reason._tag !== "Fail")) return `defect: ${Cause.pretty(exit.cause)}`
  const error = Cause.squash(exit.cause)
  if (!(error instanceof Error) || !("_tag" in error) || !tags.has(String(error._tag)))
    return `untyped: ${inspect(error)}`
  if (!("attempts" in error) || !("outcome" in error)) return "no attempts or outcome"
  const text = `${error.message}\n${JSON.stringify(error)}\n${inspect(error, { depth: 10, showHidden: true })}`
  const found = hidden.find((canary) => text.includes(canary))
  return found === undefined ? undefined : `it contains ${found}: ${error.message}`
}

interface Tally {
  readonly wrong: ReadonlyArray<string>
  readonly succeeded: number
  readonly kinds: ReadonlyMap<string, number>
  readonly replies: number
}

const kindOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "a value"
  const error = Cause.squash(exit.cause)
  return isObject(error) ? String(error["_tag"]) : "other"
}

/** Runs calls whose replies are all random, under a test clock that advances past every timeout. */
export const tally = (count: number, from: string): Effect.Effect<Tally, unknown> =>
  Effect.gen(function* () {
    const effectRandom = yield* Random.Random
    const random: RandomSource = {
      below: (limit) => Math.floor(effectRandom.nextDoubleUnsafe() * limit),
      chance: (probability) => effectRandom.nextDoubleUnsafe() < probability
    }
    const fake = Fake.script({ run: (request) => reply(random, request, quotedFrom(request)) })
    const client = yield* Effect.provide(
      Client,
      Fake.layer(fake, {
        exactlyOnce: true,
        retry: { retries: 1 },
        timeout: { attempt: "10 seconds", idle: "10 seconds" }
      })
    )
    const wrong: Array<string> = []
    const kinds = new Map<string, number>()
    const one = Effect.fnUntraced(function* (nth: number) {
      const which = nth % calls.length
      const call = calls[which] ?? Effect.die(new Error("There is no such call"))
      const exit = yield* Effect.exit(Effect.provideService(call, Client, client))
      const problem = wrongExit(which, exit)
      if (problem !== undefined) wrong.push(`${nth}: ${problem}`)
      kinds.set(kindOf(exit), (kinds.get(kindOf(exit)) ?? 0) + 1)
    })
    while (fake.sent.length < count) {
      const first = fake.sent.length
      const batch = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 500 }, (_, index) => first + index),
          one,
          { concurrency: 250, discard: true }
        )
      )
      // Almost three hours. No call may take longer than a few minutes.
      for (let round = 0; batch.pollUnsafe() === undefined && round < 2000; round++) {
        yield* Fake.settle
        yield* TestClock.adjust(5000)
      }
      if (batch.pollUnsafe() === undefined) return yield* Effect.die(new Error("A call never ends"))
    }
    return { wrong, succeeded: kinds.get("a value") ?? 0, kinds, replies: fake.sent.length }
  }).pipe(Effect.provide(TestClock.layer()), Random.withSeed(from))

const count = (number: number) => number.toLocaleString("en")

/** The replies are split in two halves, so that two test files can run in parallel. */
const half = (nth: number): Probe => ({
  hazard: "R4",
  name: `random replies, half ${nth}`,
  situation: `${count(runs / 2)} random replies (seed "${seed} ${nth}") to all operations: random status, headers, body, chunks and end`,
  ours: Effect.map(tally(runs / 2, `${seed} ${nth}`), ({ kinds, replies, succeeded, wrong }) =>
    check(
      `${count(replies)} replies, each a value or a typed failure: ${[...kinds]
        .toSorted(([, left], [, right]) => right - left)
        .map(([kind, times]) => `${count(times)} ${kind}`)
        .join(", ")}`,
      {
        wrong: [wrong.slice(0, 5), []],
        "some succeeded": [succeeded > replies / 100, true],
        "all kinds occurred": [kinds.size, tags.size + 1]
      }
    )
  )
})

export const randomReplies: readonly [Probe, Probe] = [half(1), half(2)]
