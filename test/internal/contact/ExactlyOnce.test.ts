import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import type * as Errors from "../../../src/Errors.ts"
import type * as Failure from "../../../src/internal/call/failure/Failure.ts"
import * as OperationError from "../../../src/internal/call/failure/OperationError.ts"
import type * as Operation from "../../../src/internal/call/Operation.ts"
import type { OperationRunner } from "../../../src/internal/call/OperationRunner.ts"
import type * as RetryLoop from "../../../src/internal/call/RetryLoop.ts"
import { create } from "../../../src/internal/contact/ContactOperations.ts"
import type { CreateRequest } from "../../../src/internal/contact/ContactRequest.ts"
import * as ExactlyOnce from "../../../src/internal/contact/ExactlyOnce.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

const now = Date.UTC(2030, 0, 1)
const hour = 3_600_000
const fingerprint = "crm-0001-ada-lovelace"

interface Run {
  readonly input: Operation.Input
  readonly earlier: RetryLoop.Earlier | undefined
}

type Answer = "created" | Operation.Error<typeof create>

/** The error of the create after some attempts. */
const errorOf = (tag: Errors.Tag, outcome: Errors.Outcome, over: Partial<Failure.Failure> = {}, attempts = 1) =>
  OperationError.make(
    create,
    { tag, description: "said", outcome, transient: false, ...over },
    { safety: create.safety, attempts, outcome }
  )

const conflict = (outcome: Errors.Outcome) => errorOf("Conflict", outcome, { status: 409 }, 2)
const refusal = (outcome: Errors.Outcome, over: Partial<Failure.Failure> = {}) =>
  errorOf("InvalidRequest", outcome, { status: 400, field: "fingerprint", ...over }, 1)

/** The fingerprint that was sent, which the body of the first request has. */
const sentFingerprint = ([first]: ReadonlyArray<Run>): string =>
  String(Object.getOwnPropertyDescriptor(first?.input.body ?? {}, "fingerprint")?.value)

/** The reply of a list with the server's time and a contact for each of these, each a millisecond older than the last. */
const listOf = (...contacts: ReadonlyArray<{ readonly fingerprint?: string; readonly age?: number }>): Response => {
  const lines = contacts.map(({ age = 0, ...over }, index) => {
    const time = now - age - index
    return Fake.item(`c${index}`, { createdAt: time, updatedAt: time, ...over })
  })
  return new Response(lines.join(""), {
    headers: { "content-type": "application/jsonl", date: new Date(now).toUTCString() }
  })
}

/**
 * Makes a contact on a client whose creates end with these answers, each after a second. `listed` makes the reply of the list
 * from the fingerprint that was sent.
 */
const run = (
  request: CreateRequest,
  answers: ReadonlyArray<Answer>,
  listed: (fingerprint: string) => Response = () => listOf(),
  total: Duration.Input = "1 hour"
) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const runs: Array<Run> = []
    const list = { run: () => listed(sentFingerprint(runs)) }
    const client = yield* TestClient.make(Fake.script(list, Fake.json(200, { items: [] })), { retry: { retries: 0 } })
    const answer = (input: Operation.Input, earlier: RetryLoop.Earlier | undefined) => {
      const next = answers[runs.push({ input, earlier }) - 1] ?? "created"
      const result = next === "created" ? Effect.succeed({ value: { id: "c-new" }, attempts: 1 }) : Effect.fail(next)
      return Effect.delay(result, "1 second")
    }
    const runner: OperationRunner = {
      open: client.open,
      run: (operation, input, earlier) =>
        operation.name === create.name
          ? (answer(input, earlier) as ReturnType<typeof client.run<never, never>>)
          : client.run(operation, input, earlier)
    }
    const made = ExactlyOnce.create(runner, request, Duration.fromInputUnsafe(total))
    const result = yield* yield* Fake.drive(Effect.result(made), 250)
    const outcome = Result.isSuccess(result) ? result.success : result.failure
    return { outcome, runs, elapsed: (yield* Clock.currentTimeMillis) - now }
  })

describe("the first request", () => {
  it.effect("has a generated fingerprint of 128 bits, which no other call has", () =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run({ name: "Ada" }, [])
      const generated = sentFingerprint(runs)
      assert.deepStrictEqual(outcome, { id: "c-new" })
      assert.match(generated, /^[0-9a-f]{32}$/)
      assert.deepStrictEqual(runs, [
        {
          input: {
            body: { name: "Ada", fingerprint: generated },
            hasIdempotencyKey: true,
            generatedFingerprint: generated
          },
          earlier: undefined
        }
      ])
      assert.notStrictEqual(sentFingerprint((yield* run({ name: "Ada" }, [])).runs), generated)
    })
  )

  it.effect("has the caller's fingerprint as it is", () =>
    Effect.gen(function* () {
      const { runs } = yield* run({ fingerprint: ` ${fingerprint}` }, [])
      assert.deepStrictEqual(runs[0]?.input, {
        body: { fingerprint: ` ${fingerprint}` },
        hasIdempotencyKey: true,
        generatedFingerprint: undefined
      })
    })
  )

  it.effect("fails with any error that is not about the fingerprint", () =>
    Effect.gen(function* () {
      const error = errorOf("ServerError", "unknown", { status: 503 })
      const { outcome, runs } = yield* run({}, [error])
      assert.strictEqual(outcome, error)
      assert.lengthOf(runs, 1)
    })
  )
})

describe("a refusal of the generated fingerprint", () => {
  it.effect.each(["rejected", "not-sent"] as const)("with outcome %s: the request is sent without it", (known) =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run({ name: "Ada" }, [refusal(known)])
      assert.deepStrictEqual(outcome, { id: "c-new" })
      assert.deepStrictEqual(runs[1], { input: { body: { name: "Ada" } }, earlier: { attempts: 1, elapsed: 1000 } })
    })
  )

  it.effect("has the less certain outcome of both requests if the second fails too", () =>
    Effect.gen(function* () {
      const { outcome } = yield* run({}, [refusal("rejected"), errorOf("TransportError", "not-sent", {}, 2)])
      assert.deepInclude(outcome, { _tag: "TransportError", outcome: "rejected", attempts: 2 })
    })
  )

  it.effect.each([
    ["that may have made a contact", {}, refusal("unknown")],
    ["of another field", {}, refusal("rejected", { field: "name" })],
    ["with another status", {}, refusal("rejected", { status: 422 })],
    ["which is the caller's", { fingerprint }, refusal("rejected")]
  ] as const)("%s: fails, and sends nothing more", ([, request, error]) =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run(request, [error])
      assert.strictEqual(outcome, error)
      assert.lengthOf(runs, 1)
    })
  )
})

describe("a 409", () => {
  const cases = {
    "about the call's contact, with a generated fingerprint": [
      {},
      conflict("rejected"),
      (generated: string) => listOf({}, { fingerprint: generated }),
      { id: "c1" }
    ],
    "about the call's contact, with the caller's fingerprint, which the server has trimmed": [
      { fingerprint: ` ${fingerprint} ` },
      conflict("unknown"),
      () => listOf({ fingerprint }),
      { id: "c0" }
    ],
    "about an older contact": [
      { fingerprint },
      conflict("rejected"),
      () => listOf({ fingerprint, age: hour }),
      { _tag: "Conflict", outcome: "rejected", status: 409, attempts: 2 }
    ],
    "about an older contact that others came after, after a lost answer": [
      { fingerprint },
      conflict("unknown"),
      () => listOf(...Array.from({ length: 999 }, () => ({ age: hour })), { fingerprint, age: hour }),
      { _tag: "Conflict", outcome: "rejected", status: 409, attempts: 2 }
    ],
    "that cannot be judged, with the caller's fingerprint": [
      { fingerprint },
      conflict("unknown"),
      () => listOf(),
      { _tag: "Conflict", outcome: "unknown", status: 409, attempts: 2 }
    ]
  } as const
  it.effect.each(Object.entries(cases))("%s", ([, [request, error, listed, expected]]) =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run(request, [error], listed)
      assert.deepInclude(outcome, expected)
      assert.lengthOf(runs, 1)
    })
  )

  it.effect("about no contact, with a generated fingerprint: may have made a contact, and has its fingerprint", () =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run({}, [conflict("rejected")], () => listOf({}, {}))
      assert.deepInclude(outcome, {
        _tag: "TransportError",
        description: "The answer was lost. The contact is not among the newest ones",
        outcome: "unknown",
        isRetryable: false,
        attempts: 2,
        fingerprint: sentFingerprint(runs)
      })
    })
  )
})

describe("a search that fails", () => {
  const unreadable = () => new Response('{"code":"TOO_MANY_REQUESTS","message":"said"}', { status: 429 })
  const never = () =>
    new Response(Fake.bodyOf([], { end: "hang" }), { headers: { "content-type": "application/jsonl" } })

  it.effect("says that the list could not be read, and is not rate limited itself", () =>
    Effect.gen(function* () {
      const { outcome, runs } = yield* run({}, [conflict("rejected")], unreadable)
      assert.deepInclude(outcome, {
        _tag: "TransportError",
        description: "The answer was lost. The newest contacts could not be read: said",
        outcome: "unknown",
        isRetryable: false,
        fingerprint: sentFingerprint(runs)
      })
    })
  )

  it.effect("takes no longer than the total timeout leaves after the create", () =>
    Effect.gen(function* () {
      const { elapsed, outcome } = yield* run({ fingerprint }, [conflict("unknown")], never, "5 seconds")
      assert.deepInclude(outcome, { _tag: "Timeout", phase: "total", outcome: "unknown", isRetryable: false })
      assert.strictEqual(elapsed, 5000)
      assert.notProperty(outcome, "fingerprint")
    })
  )

  it.effect.each([
    ["cannot be read", unreadable],
    ["does not come in time", never]
  ] as const)("is a Conflict if the list %s, no answer was lost and the fingerprint is the caller's", ([, listed]) =>
    Effect.gen(function* () {
      const { outcome } = yield* run({ fingerprint }, [conflict("rejected")], listed, "5 seconds")
      assert.deepInclude(outcome, { _tag: "Conflict", status: 409, outcome: "unknown", attempts: 2 })
    })
  )
})
