import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as FaultsFile from "../../../src/cli/tools/files/FaultsFile.ts"
import { Fault } from "../../../src/layers/InMemory.ts"

const parse = (content: unknown) =>
  Result.map(FaultsFile.parse(JSON.stringify(content), "faults.json"), FaultsFile.rulesOf)

/** The message for a file, or undefined if it is valid. */
const messageFor = (content: unknown): string | undefined =>
  Result.match(parse(content), { onFailure: ({ message }) => message, onSuccess: () => undefined })

const faults: ReadonlyArray<readonly [inFile: object, fault: Fault.Fault]> = [
  [{ kind: "status", status: 503 }, Fault.status(503)],
  [
    { kind: "status", status: 422, code: "NO", message: "no", body: "x", headers: { "x-a": "1" } },
    Fault.status(422, { code: "NO", message: "no", body: "x", headers: { "x-a": "1" } })
  ],
  [{ kind: "rateLimit" }, Fault.rateLimit()],
  [{ kind: "rateLimit", retryAfter: 1500 }, Fault.rateLimit({ retryAfter: 1500 })],
  [{ kind: "delay", duration: 100 }, Fault.delay(100)],
  [{ kind: "reset" }, Fault.reset],
  [{ kind: "stall" }, Fault.stall],
  [{ kind: "garbage" }, Fault.garbage()],
  [{ kind: "garbage", bytes: 3 }, Fault.garbage(3)],
  [{ kind: "afterCommit", fault: { kind: "reset" } }, Fault.afterCommit(Fault.reset)],
  [{ kind: "resetAfter", at: 10 }, Fault.resetAfter(10)],
  [{ kind: "stallAfter", at: { lines: 2 } }, Fault.stallAfter({ lines: 2 })],
  [{ kind: "cutAfter", at: 0 }, Fault.cutAfter(0)],
  [{ kind: "trickle", bytes: 5 }, Fault.trickle(5)],
  [{ kind: "trickle", bytes: 5, every: 10 }, Fault.trickle(5, { every: 10 })],
  [{ kind: "endless", text: "a", every: 10 }, Fault.endless("a", { every: 10 })],
  [{ kind: "errorAfter", items: 3 }, Fault.errorAfter(3)],
  [{ kind: "errorAfter", items: 3, code: "NO", message: "no" }, Fault.errorAfter(3, { code: "NO", message: "no" })],
  [{ kind: "dropPage", index: 1 }, Fault.dropPage(1)],
  [{ kind: "delayPage", index: 1, duration: 10 }, Fault.delayPage(1, 10)],
  [{ kind: "ignoreCursor" }, Fault.ignoreCursor]
]

/** Files that cannot be used, with the place of their problem. */
const wrong: ReadonlyArray<readonly [place: string, content: unknown]> = [
  ["the file", []],
  ["rules", {}],
  ["rule", { rule: [] }],
  ["rules.0.fault", { rules: [{}] }],
  ["rules.0.fault", { rules: [{ fault: { kind: "none" } }] }],
  ["rules.0.fault.status", { rules: [{ fault: { kind: "status", status: "503" } }] }],
  ["rules.0.fault.x", { rules: [{ fault: { kind: "reset", x: 1 } }] }],
  ["rules.0.fault.status", { rules: [{ fault: { kind: "status", status: 600 } }] }],
  ["rules.0.fault.fault", { rules: [{ fault: { kind: "afterCommit", fault: { kind: "cutAfter", at: 1 } } }] }],
  ["rules.0.fault.at", { rules: [{ fault: { kind: "cutAfter", at: -1 } }] }],
  ["rules.0.fault.at.lines", { rules: [{ fault: { kind: "cutAfter", at: { lines: "1" } } }] }],
  ["rules.1.operation", { rules: [{ fault: { kind: "reset" } }, { operation: "none", fault: { kind: "reset" } }] }],
  ["rules.0.operation", { rules: [{ operation: "Contact.create", fault: { kind: "ignoreCursor" } }] }],
  ["rules.0.attempt", { rules: [{ attempt: [1, 0], fault: { kind: "reset" } }] }],
  ["rules.0.probability", { rules: [{ probability: 2, fault: { kind: "reset" } }] }],
  ["rules.0.times", { rules: [{ times: 0, fault: { kind: "reset" } }] }]
]

describe("the faults file", () => {
  for (const [inFile, fault] of faults) {
    it(`has the fault ${JSON.stringify(inFile)}`, () => {
      const rule = { operation: "Contact.list", attempt: [1, 2], probability: 0.5, times: 3 } as const
      const rules = parse({ rules: [{ ...rule, fault: inFile }, { fault: inFile }] })
      assert.deepStrictEqual(rules, Result.succeed<ReadonlyArray<Fault.Rule>>([{ ...rule, fault }, { fault }]))
    })
  }

  for (const [place, content] of wrong) {
    it(`names the place of the problem in ${JSON.stringify(content)}`, () => {
      assert.isTrue(messageFor(content)?.startsWith(`faults.json: ${place}: `), messageFor(content))
    })
  }

  it("may be YAML with comments, and names the line and the column of text that is neither", () => {
    const yaml = "rules:\n  # The first list fails.\n  - operation: Contact.list\n    fault: { kind: reset }\n"
    assert.isTrue(Result.isSuccess(FaultsFile.parse(yaml, "faults.yaml")))
    const broken = FaultsFile.parse('{\n  "rules": [}\n}', "faults.json")
    assert.strictEqual(
      Result.isFailure(broken) ? broken.failure.message : undefined,
      "faults.json: line 2, column 13: this is neither JSON nor YAML"
    )
  })
})
