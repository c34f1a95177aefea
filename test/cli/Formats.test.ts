import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada]))
const ada = "cada000000000000000000000"

/** The output of one object, by format. */
const items = {
  jsonl: `{"id":"${ada}","meta":{"tier":"gold","tags":["a","b"]}}\n`,
  json: `{
  "id": "${ada}",
  "meta": {
    "tier": "gold",
    "tags": [
      "a",
      "b"
    ]
  }
}
`,
  yaml: `id: ${ada}\nmeta:\n  tier: gold\n  tags:\n    - a\n    - b\n`,
  csv: `id,meta\r\n${ada},"{""tier"":""gold"",""tags"":[""a"",""b""]}"\r\n`,
  table: `id                         meta\n${ada}  {"tier":"gold","tags":["a","b"]}\n`
} as const

/** The results of two rows, of which the second cannot be read, by format. */
const results = {
  jsonl:
    `{"row":1,"ok":true,"id":"${ada}"}\n` +
    '{"row":2,"ok":false,"code":"UnreadableRow","outcome":"not-sent","message":"the row is not JSON","next":"Correct the row."}\n',
  json: `[
  {
    "row": 1,
    "ok": true,
    "id": "${ada}"
  },
  {
    "row": 2,
    "ok": false,
    "code": "UnreadableRow",
    "outcome": "not-sent",
    "message": "the row is not JSON",
    "next": "Correct the row."
  }
]
`,
  yaml: `- row: 1
  ok: true
  id: ${ada}
- row: 2
  ok: false
  code: UnreadableRow
  outcome: not-sent
  message: the row is not JSON
  next: Correct the row.
`,
  csv:
    `row,ok,id,code,outcome,message,next\r\n1,true,${ada},,,,\r\n` +
    "2,false,,UnreadableRow,not-sent,the row is not JSON,Correct the row.\r\n",
  table: `row  ok     id                         code           message
1    true   ${ada}
2    false                             UnreadableRow  the row is not JSON
`
} as const

const failed = {
  text: "error: 1 of 2 rows failed. Correct these rows, and run them again.\n",
  json: '{"code":"RowsFailed","outcome":"unknown","message":"1 of 2 rows failed","next":"Correct these rows, and run them again."}\n'
} as const

describe("the formats", () => {
  for (const [format, stdout] of Object.entries(items)) {
    test(`have one object in ${format}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const run = yield* CommandLine.run(["get", ada, "--fields", "id,meta", "--format", format])
        assert.deepStrictEqual(run, { stdout, stderr: "", exitCode: 0 })
      }))
  }

  for (const [format, stdout] of Object.entries(results)) {
    test(`have the results of writes in ${format}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const stdin = `{"id":"${ada}","nick":null}\nno JSON\n`
        const run = yield* CommandLine.run(["update", "--format", format], { stdin })
        const stderr = format.startsWith("json") ? failed.json : failed.text
        assert.deepStrictEqual(run, { stdout, stderr, exitCode: 3 })
      }))
  }

  test("have meta as a whole if a member of it is named too", () =>
    Effect.gen(function* () {
      yield* seeded
      const { stdout } = yield* CommandLine.run(["get", ada, "--fields", "meta.tier,meta,meta.__proto__"])
      assert.strictEqual(stdout, '{"meta":{"tier":"gold","tags":["a","b"]}}\n')
    }))
})
