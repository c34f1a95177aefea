import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SeededRandom } from "../../simulation/SeededRandom.ts"
import { startTime, type Rows } from "../../../src/conformance/Case.ts"
import { listNames } from "../../../src/conformance/ContactPaths.ts"
import { invariants } from "../../../src/conformance/Invariants.ts"
import * as Controlled from "../targets/Controlled.ts"
import type { WireRequest } from "../../../src/conformance/targets/CaseTarget.ts"

const names = [
  "search",
  "take",
  "url",
  "method",
  "headers",
  "body",
  "query",
  "variables",
  "operationName",
  "extensions",
  "__proto__",
  "constructor",
  "toString",
  "",
  "x-a",
  "m"
]

const texts = [
  "",
  " ",
  "tea",
  "GET",
  "POST",
  "https://api.example.com/",
  "http://localhost/",
  "https://[::1]/",
  "${SECRET_DEFAULT}",
  "{{SECRET_DEFAULT}}",
  "${",
  "a\nb",
  "\ud800",
  "\0",
  "{ contacts { edges { node { id } } } }",
  "query ($m: JsonObject) { contacts(meta: $m, first: 1) { edges { cursor } } }",
  '{ contacts(emails: [1], after: "x") { edges { cursor } } }',
  "{ a: contacts(first: -1) { edges { cursor } } b: contacts(last: 2, before: null) { pageInfo { hasNextPage } } }",
  "__proto__",
  "constructor"
]

const ids = [
  "ada",
  "s",
  "shared",
  "nobody",
  "%20",
  "(Ada)",
  "()",
  "@x",
  "@@x",
  "@a@b",
  "__proto__",
  "toString",
  "%00",
  "%ED%A0%80"
]

const actions = ["authenticate", "verify", "mint", "proxy"]

const accepts = ["application/json", "application/jsonl", "text/event-stream", "text/csv", "text/html", "*/*", ""]

const contentTypes = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json;",
  "text/plain",
  "image/png"
]

const queries = [
  "",
  "?take=-1",
  "?order=constructor",
  "?meta.a=b",
  "?meta..a=b",
  "?cursor=x",
  "?contactId=nobody",
  "?query=%7B"
]

/** Random requests to the endpoints of items, secrets and GraphQL. None of them changes the store. */
class Requests {
  readonly #random: SeededRandom

  constructor(seed: string) {
    this.#random = new SeededRandom(seed)
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit)
  }

  #pick<A>(choices: ReadonlyArray<A>): A {
    const picked = choices[this.#below(choices.length)]
    if (picked === undefined) throw new Error("There is nothing to pick from")
    return picked
  }

  #json(depth: number): string {
    switch (this.#below(depth > 2 ? 4 : 7)) {
      case 0:
        return JSON.stringify(this.#pick(texts))
      case 1:
        return this.#pick(["null", "true", "false"])
      case 2:
        return this.#pick(["0", "-1", "1.5", "1e400", "12345678901234567890"])
      case 3:
        return JSON.stringify(this.#pick(texts))
      case 4:
        return `[${Array.from({ length: this.#below(3) }, () => this.#json(depth + 1)).join()}]`
      default:
        return `{${Array.from({ length: this.#below(4) }, () => `${JSON.stringify(this.#pick(names))}:${this.#json(depth + 1)}`).join()}}`
    }
  }

  #path(): string {
    switch (this.#below(4)) {
      case 0:
        return `/v1/contact/${this.#pick(ids)}/${this.#pick(listNames)}/list${this.#pick(queries)}`
      case 1:
        return `/v1/contact/${this.#pick(ids)}/memory/search`
      case 2:
        return `/v1/contact/${this.#pick(ids)}/secret/${this.#pick(ids)}/${this.#pick(actions)}${this.#pick(queries)}`
      default:
        return `/v1/graphql${this.#pick(queries)}`
    }
  }

  next(): WireRequest {
    const path = this.#path()
    const method =
      this.#below(10) === 0
        ? this.#pick(["GET", "POST", "PUT", "DELETE"] as const)
        : /\/list/.test(path)
          ? "GET"
          : "POST"
    return {
      method,
      path,
      headers: {
        authorization: this.#pick([
          "Bearer sk-main",
          "Bearer sk-main",
          "Bearer sk-main",
          "Bearer sk-other",
          "Bearer x"
        ]),
        accept: this.#pick(accepts),
        "content-type": this.#below(6) === 0 ? this.#pick(contentTypes) : "application/json"
      },
      ...(method === "GET" ? {} : { body: this.#json(0) })
    }
  }
}

const rows: Rows = (api) =>
  Effect.gen(function* () {
    yield* api.seedMemories("ada", [{ id: "m", text: "likes tea", createdAt: startTime }])
    yield* api.seedTasks("ada", [{ id: "t", meta: { a: "b" } }])
    yield* api.seedSecrets(
      [
        { id: "s", kind: "personal", type: "bearer" },
        { id: "shared", kind: "shared", value: "v" }
      ],
      "sk-main"
    )
    yield* api.seedSecretValues("ada", [{ secretId: "s", value: "abc" }])
  })

/** Everything of the account. */
const everything: Rows = (api) =>
  Effect.all([
    api.contacts("sk-main"),
    api.memories("ada"),
    api.tasks("ada"),
    api.secrets("sk-main"),
    api.secretValues("ada")
  ])

const remembered = () => ""

describe("Random requests", () => {
  it.effect("get replies that the contract allows, and change nothing", () =>
    Effect.gen(function* () {
      const target = yield* Controlled.inProcess(
        { seeds: [{ contacts: [{ id: "ada", name: "Ada", verifiedAt: 1 }, { id: "s" }] }], rows },
        "random"
      )
      const before = structuredClone(yield* target.rows(everything, remembered))
      const requests = new Requests("random requests")
      const statuses = new Map<number, number>()
      for (let index = 0; index < 3000; index++) {
        const request = requests.next()
        const reply = yield* target.send(request)
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
        const broken = invariants.filter(({ holds }) => !holds(reply, request.path)).map(({ id }) => id)
        assert.deepStrictEqual(broken, [], JSON.stringify({ request, reply }))
        assert.isFalse(reply.cut, JSON.stringify({ request, reply }))
      }
      assert.deepStrictEqual(yield* target.rows(everything, remembered), before)
      assert.deepStrictEqual(Object.keys(Object.prototype), [])
      for (const status of [200, 400, 401, 403, 404, 405, 409, 500])
        assert.isAbove(statuses.get(status) ?? 0, 5, String(status))
    }).pipe(Effect.scoped)
  )
})
