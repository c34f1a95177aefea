import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Record from "effect/Record"
import type { HttpClientError } from "effect/http/HttpClientError"
import { isDeepStrictEqual } from "node:util"
import type { Case, Expected, ReceivedRequest, Request, Step } from "./Case.ts"
import { invariants } from "./Invariants.ts"
import * as WireReply from "./WireReply.ts"
import {
  type OpenTarget,
  type Target,
  type UpstreamRequest,
  upstreamHeader,
  type WireRequest
} from "./targets/CaseTarget.ts"

/** The outcome of a case. */
export interface Outcome {
  /** The differences from the contract. */
  readonly problems: ReadonlyArray<string>
  /** The ids of the invariants that a reply broke. */
  readonly brokenInvariants: ReadonlyArray<string>
  /** The replies to each step, without the headers of the transport. */
  readonly replies: ReadonlyArray<ReadonlyArray<WireReply.Reply>>
}

/** Runs a case against a new target, with seeded randomness. */
export const run = (self: Case, open: OpenTarget): Effect.Effect<Outcome> =>
  Effect.scoped(
    Effect.gen(function* () {
      const target = yield* open(self.setup ?? {}, self.id)
      return yield* runSteps(self, target)
    })
  ).pipe(
    Effect.catchCause((cause) => Effect.succeed({ problems: [String(cause)], brokenInvariants: [], replies: [] })),
    Random.withSeed(self.id)
  )

const runSteps = Effect.fnUntraced(function* (self: Case, target: Target) {
  const memory = new Map([["run", target.run]])
  const problems: Array<string> = []
  const brokenInvariants = new Set<string>()
  const replies: Array<ReadonlyArray<WireReply.Reply>> = []
  for (const [index, step] of self.steps.entries()) {
    const outcome = yield* runStep(step, target, memory)
    problems.push(...outcome.problems.map((problem) => `step ${index + 1}, ${title(step, memory)}: ${problem}`))
    for (const id of outcome.brokenInvariants) brokenInvariants.add(id)
    replies.push(outcome.replies.flat())
    // Later steps depend on this one.
    if (problems.length > 0) break
  }
  return { problems, brokenInvariants: [...brokenInvariants], replies }
})

/** Runs one step. `memory` holds the remembered values. */
const runStep = (step: Step, target: Target, memory: Map<string, string>): Effect.Effect<Outcome, HttpClientError> => {
  const remembered = (name: string) => memory.get(name) ?? ""
  switch (step.kind) {
    case "clock":
      return Effect.as(target.setClock(step.to), withoutReplies([]))
    case "seed":
      return Effect.as(target.rows(step.rows, remembered), withoutReplies([]))
    case "stored":
      return Effect.map(target.rows(step.rows, remembered), (rows) => {
        const problems = new Problems()
        problems.checkEqual("the stored rows", rows, substituted(step.expected, memory))
        return withoutReplies(problems.found)
      })
    case "received":
      return Effect.map(target.received, (received) => withoutReplies(problemsOfReceived(received, step.requests)))
    case "send":
    case "concurrent":
      return runRequests(step, target, memory)
  }
}

const withoutReplies = (problems: ReadonlyArray<string>): Outcome => ({ problems, brokenInvariants: [], replies: [] })

type RequestStep = Extract<Step, { readonly kind: "send" | "concurrent" }>

const runRequests = Effect.fnUntraced(function* (step: RequestStep, target: Target, memory: Map<string, string>) {
  const requests = (step.kind === "send" ? [step.request] : step.requests).map((request) =>
    toWireRequest(request, target, memory)
  )
  const replies = yield* Effect.all(requests.map(target.send), { concurrency: "unbounded" })
  const broken = replies.flatMap((reply, index) =>
    target.controlled && reply.headers[upstreamHeader] === undefined
      ? invariants
          .filter(({ holds }) => !holds(reply, requests[index]?.path ?? ""))
          .map(({ id }) => ({ id, problem: `breaks the invariant "${id}": ${described(reply)}` }))
      : []
  )
  return {
    problems: [...broken.map(({ problem }) => problem), ...problemsOf(step, replies, memory)],
    brokenInvariants: broken.map(({ id }) => id),
    replies: [comparable(step, replies)]
  }
})

/** The replies in a form that can be compared. Those of concurrent requests are sorted, since their order is random. */
const comparable = (step: Step, replies: ReadonlyArray<WireReply.Reply>): ReadonlyArray<WireReply.Reply> => {
  const plain = replies.map(WireReply.comparable)
  return step.kind === "concurrent" ? plain.toSorted((a, b) => a.status - b.status) : plain
}

const toWireRequest = (request: Request, target: Target, memory: ReadonlyMap<string, string>): WireRequest => {
  const { body: given, headers = {}, json } = request
  const text = typeof given === "string" ? substitutedText(given, memory) : given
  const body = json === undefined ? text : JSON.stringify(substituted(json, memory))
  const method = request.method ?? (body === undefined ? "GET" : "POST")
  const authorization = request.authorization === undefined ? target.authorization : request.authorization
  const path = substitutedText(request.path, memory)
  return {
    method,
    path: /^\/(?:contact|graphql)/.test(path) ? target.prefix + path : path,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...Record.map(headers, (value) => substitutedText(value, memory))
    },
    ...(body === undefined ? {} : { body })
  }
}

/** A text in which each `<name>` is replaced by the remembered value. */
const substitutedText = (text: string, memory: ReadonlyMap<string, string>): string =>
  text.replace(/<([\w-]+)>/g, (name, key: string) => memory.get(key) ?? name)

/** A JSON value with remembered values in all its texts, its keys included. */
const substituted = (value: unknown, memory: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string") return substitutedText(value, memory)
  if (Array.isArray(value)) return value.map((item) => substituted(item, memory))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [substitutedText(key, memory), substituted(item, memory)])
  )
}

const problemsOf = (
  step: RequestStep,
  replies: ReadonlyArray<WireReply.Reply>,
  memory: Map<string, string>
): ReadonlyArray<string> => {
  if (step.kind === "send") return replies.flatMap((reply) => problemsOfReply(reply, step.expected, memory))
  const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b)
  return step.outcomes.some((outcome) => isDeepStrictEqual(outcome, statuses))
    ? []
    : [`statuses ${statuses.join()} are no allowed outcome`]
}

/** The differences from the expected values that have been found. */
class Problems {
  readonly found: Array<string> = []
  checkEqual(what: string, actual: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(actual, expected)) {
      this.found.push(`${what} is ${brief(actual)} instead of ${brief(expected)}`)
    }
  }
}

const problemsOfReceived = (
  received: ReadonlyArray<UpstreamRequest>,
  expected: ReadonlyArray<ReceivedRequest>
): ReadonlyArray<string> => {
  const problems = new Problems()
  problems.checkEqual(
    "the list of received URLs",
    received.map(({ url }) => url),
    expected.map(({ url }) => url)
  )
  if (problems.found.length > 0) return problems.found
  for (const [index, { method, headers = {}, body, form = {} }] of expected.entries()) {
    const request = received[index]
    if (method !== undefined) problems.checkEqual("the received method", request?.method, method)
    for (const [name, value] of Object.entries(headers))
      problems.checkEqual(`the received header ${name}`, request?.headers[name] ?? null, value)
    if (body !== undefined) problems.checkEqual("the received body", request?.body ?? null, body)
    const fields = new URLSearchParams(request?.body)
    for (const [name, value] of Object.entries(form))
      problems.checkEqual(`the received field ${name}`, fields.get(name), value)
  }
  return problems.found
}

const problemsOfReply = (
  reply: WireReply.Reply,
  expected: Expected,
  memory: Map<string, string>
): ReadonlyArray<string> => {
  const problems = new Problems()
  const body = WireReply.json(reply)
  for (const [name, key] of Object.entries(expected.save ?? {})) {
    const value = WireReply.field(body, key)
    if (typeof value === "string") memory.set(name, value)
    else problems.found.push(`${key} is not a string: ${brief(value)}`)
  }
  if (reply.status !== expected.status) return [`${described(reply)} instead of ${expected.status}`]
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    problems.checkEqual(name, reply.headers[name] ?? null, value)
  if (expected.text !== undefined) problems.checkEqual("body", reply.text, substituted(expected.text, memory))
  if (expected.json !== undefined) problems.checkEqual("body", body, substituted(expected.json, memory))
  for (const [name, value] of Object.entries(expected.has ?? {}))
    problems.checkEqual(name, WireReply.field(body, name), substituted(value, memory))
  if (expected.ids !== undefined) problems.checkEqual("ids", WireReply.ids(reply), substituted(expected.ids, memory))
  if (expected.at !== undefined) problems.checkEqual("time of the head", reply.at?.head, expected.at.head)
  if (expected.at?.pieces !== undefined) problems.checkEqual("times of the body", reply.at?.pieces, expected.at.pieces)
  problems.checkEqual("cut", reply.cut, expected.cut ?? false)
  for (const [name, holds] of expected.checks ?? [])
    if (!holds(reply)) problems.found.push(`fails the check "${name}": ${described(reply)}`)
  return problems.found
}

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length})` : text
}

const described = (reply: WireReply.Reply): string => `${reply.status} ${brief(reply.text)}`

const title = (step: Step, memory: ReadonlyMap<string, string>): string => {
  if (step.kind === "clock") return `clock to ${step.to}`
  if (step.kind === "received") return "the requests to the upstream"
  if (step.kind === "seed" || step.kind === "stored") return "the store"
  if (step.kind === "concurrent") return `${step.requests.length} concurrent requests`
  const { method = step.request.json === undefined && step.request.body === undefined ? "GET" : "POST", path } =
    step.request
  return `${method} ${substitutedText(path, memory).slice(0, 80)}`
}

/** The first difference between the replies of two targets, or undefined if there is none. */
export const difference = (one: Outcome, other: Outcome): string | undefined => {
  const steps = Math.max(one.replies.length, other.replies.length)
  for (let index = 0; index < steps; index++) {
    const [a, b] = [one.replies[index], other.replies[index]]
    if (!isDeepStrictEqual(a, b)) return `step ${index + 1}: ${brief(a)} and ${brief(b)}`
  }
  return undefined
}
