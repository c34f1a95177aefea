import * as Effect from "effect/Effect"
import * as Equal from "node:util"
import * as Random from "effect/Random"
import { TestClock } from "effect/testing"
import type { Case, Expected, Request, Step } from "./Case.ts"
import { invariants } from "./Invariants.ts"
import * as Reply from "./Reply.ts"
import type { Open, Target, Wire } from "./targets/Target.ts"

/** What came of a case. */
export interface Outcome {
  /** What is wrong; empty if nothing is. */
  readonly problems: ReadonlyArray<string>
  /** The ids of the invariants some reply broke. */
  readonly broken: ReadonlyArray<string>
  /** The replies by step, without what belongs to the transport. */
  readonly replies: ReadonlyArray<ReadonlyArray<Reply.Reply>>
}

/** Runs a case against a target made for it. Where the clock is under control, nothing in it is left to chance. */
export const run = (self: Case, open: Open): Effect.Effect<Outcome> =>
  Effect.scoped(
    Effect.gen(function* () {
      const target = yield* open(self.setup ?? {}, self.id)
      return yield* runSteps(self, target)
    })
  ).pipe(
    Effect.catchCause((cause) => Effect.succeed({ problems: [String(cause)], broken: [], replies: [] })),
    Random.withSeed(self.id)
  )

/** As `run`, for targets whose clock is under control. */
export const runControlled = (self: Case, open: Open): Effect.Effect<Outcome> =>
  Effect.provide(run(self, open), TestClock.layer())

const runSteps = Effect.fnUntraced(function* (self: Case, target: Target) {
  const memory = new Map([["run", target.run]])
  const problems: Array<string> = []
  const broken = new Set<string>()
  const replies: Array<ReadonlyArray<Reply.Reply>> = []
  for (const [index, step] of self.steps.entries()) {
    const asked = wires(step, target, memory)
    const got = yield* take(step, asked, target)
    const complain = (problem: string) => problems.push(`step ${index + 1}, ${title(step, memory)}: ${problem}`)
    for (const [at, reply] of (target.controlled ? got : []).entries()) {
      for (const { id, holds } of invariants) {
        if (holds(reply, asked[at]?.path ?? "")) continue
        broken.add(id)
        complain(`breaks "${id}": ${shown(reply)}`)
      }
    }
    replies.push(comparable(step, got))
    judge(step, got, memory).forEach(complain)
    // What comes after a failure would only repeat it.
    if (problems.length > 0) break
  }
  return { problems, broken: [...broken], replies }
})

const wires = (step: Step, target: Target, memory: ReadonlyMap<string, string>): ReadonlyArray<Wire> => {
  if (step.kind === "clock") return []
  return (step.kind === "send" ? [step.request] : step.requests).map((request) => toWire(request, target, memory))
}

const take = (step: Step, asked: ReadonlyArray<Wire>, target: Target) =>
  step.kind === "clock"
    ? Effect.as(target.setClock(step.to), [])
    : Effect.all(asked.map(target.send), { concurrency: "unbounded" })

/** Of requests at once it is chance which one gets which reply. */
const comparable = (step: Step, replies: ReadonlyArray<Reply.Reply>): ReadonlyArray<Reply.Reply> => {
  const plain = replies.map(Reply.comparable)
  return step.kind === "together" ? plain.toSorted((a, b) => a.status - b.status) : plain
}

const toWire = (request: Request, target: Target, memory: ReadonlyMap<string, string>): Wire => {
  const { json, headers = {} } = filled(request, memory)
  const body = json === undefined ? filled(request.body, memory) : JSON.stringify(json)
  const method = request.method ?? (body === undefined ? "GET" : "POST")
  const authorization = request.authorization === undefined ? target.authorization : request.authorization
  const path = filled(request.path, memory)
  return {
    method,
    path: path.startsWith("/contact") ? target.prefix + path : path,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers
    },
    ...(body === undefined ? {} : { body })
  }
}

/** A value with the remembered ones in place of their names. */
const filled = <A>(value: A, memory: ReadonlyMap<string, string>): A => fill(value, memory) as A

const fill = (value: unknown, memory: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string") return value.replace(/<([\w-]+)>/g, (name, key: string) => memory.get(key) ?? name)
  if (Array.isArray(value)) return value.map((item) => fill(item, memory))
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [fill(key, memory), fill(item, memory)]))
}

const judge = (step: Step, replies: ReadonlyArray<Reply.Reply>, memory: Map<string, string>): ReadonlyArray<string> => {
  if (step.kind === "clock") return []
  if (step.kind === "send") return replies.flatMap((reply) => judgeReply(reply, step.expected, memory))
  const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b)
  return step.outcomes.some((outcome) => Equal.isDeepStrictEqual(outcome, statuses))
    ? []
    : [`statuses ${statuses.join()}`]
}

const judgeReply = (reply: Reply.Reply, expected: Expected, memory: Map<string, string>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const same = (what: string, got: unknown, wanted: unknown) => {
    if (Equal.isDeepStrictEqual(got, wanted)) return
    problems.push(`${what} is ${brief(got)} instead of ${brief(wanted)}`)
  }
  const body = Reply.json(reply)
  for (const [name, key] of Object.entries(expected.save ?? {})) {
    const value = Reply.field(body, key)
    if (typeof value === "string") memory.set(name, value)
    else problems.push(`${key} is no text: ${brief(value)}`)
  }
  if (reply.status !== expected.status) return [`${shown(reply)} instead of ${expected.status}`]
  for (const [name, value] of Object.entries(expected.headers ?? {})) same(name, reply.headers[name] ?? null, value)
  if (expected.text !== undefined) same("body", reply.text, filled(expected.text, memory))
  if (expected.json !== undefined) same("body", body, filled(expected.json, memory))
  for (const [name, value] of Object.entries(expected.has ?? {}))
    same(name, Reply.field(body, name), filled(value, memory))
  if (expected.ids !== undefined) same("ids", Reply.ids(reply), filled(expected.ids, memory))
  if (expected.at !== undefined) same("time of the head", reply.at?.head, expected.at.head)
  if (expected.at?.pieces !== undefined) same("times of the body", reply.at?.pieces, expected.at.pieces)
  same("whether the body is cut", reply.cut, expected.cut ?? false)
  for (const [name, holds] of expected.checks ?? [])
    if (!holds(reply)) problems.push(`not so: ${name}: ${shown(reply)}`)
  return problems
}

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length})` : text
}

const shown = (reply: Reply.Reply): string => `${reply.status} ${brief(reply.text)}`

const title = (step: Step, memory: ReadonlyMap<string, string>): string => {
  if (step.kind === "clock") return `clock to ${step.to}`
  if (step.kind === "together") return `${step.requests.length} at once`
  const { method = step.request.json === undefined && step.request.body === undefined ? "GET" : "POST", path } =
    step.request
  return `${method} ${filled(path, memory).slice(0, 80)}`
}

/** The first difference between the replies of two targets; undefined if there is none. */
export const difference = (one: Outcome, other: Outcome): string | undefined => {
  const steps = Math.max(one.replies.length, other.replies.length)
  for (let index = 0; index < steps; index++) {
    const [a, b] = [one.replies[index], other.replies[index]]
    if (!Equal.isDeepStrictEqual(a, b)) return `step ${index + 1}: ${brief(a)} and ${brief(b)}`
  }
  return undefined
}
