/**
 * Kills the worker of one job again and again, then checks its outcomes and its contacts: `npm run jobs:crash`. `-- --rows 2000 --kills
 * 4` makes it shorter, and `--seed 7` repeats the input, the faults and the moments of a run.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, FileSystem, Layer, Stream } from "effect"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as SqliteJobs from "../../src/jobs/SqliteJobs.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Arguments from "./Arguments.ts"
import * as Check from "./Check.ts"
import * as FaultyApi from "./FaultyApi.ts"
import * as Input from "./Input.ts"
import * as Job from "./Job.ts"
import * as KillPlan from "./KillPlan.ts"
import * as Processes from "./Processes.ts"

const { kills, rows, seed } = Arguments.read({ rows: 20_000, kills: 20 })

/** Waits for a moment in the life of a process that has just started. If it is past already, the process sends one create at least. */
const untilMoment = (moment: KillPlan.Moment) =>
  moment._tag === "AfterStart"
    ? Effect.sleep(moment.millis)
    : Effect.flatMap(FaultyApi.creates, (count) => FaultyApi.untilCreates(Math.max(moment.creates, count + 1)))

/** Runs a worker until it ends, or kills it at a moment. Gives its exit code, or the signal that ended it. */
const runWorker = Effect.fnUntraced(function* (args: ReadonlyArray<string>, moment?: KillPlan.Moment) {
  const worker = yield* Processes.start("worker.ts", args)
  if (moment !== undefined) {
    yield* Effect.raceFirst(untilMoment(moment), Effect.asVoid(worker.ended))
    yield* worker.signal("SIGKILL")
  }
  return yield* worker.ended
}, Effect.scoped)

const crash = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const api = yield* InMemory.InMemory
  const { url } = yield* Emulator.Emulator
  const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.sqlite`
  const args = [filename, url, seed, String(rows)]
  const input = Input.make(seed, rows)
  const contactCount = Input.contactCount(input)
  yield* FaultyApi.inject(seed)
  yield* Check.print(`${rows} rows for ${contactCount} contacts, ${kills} kills, seed ${seed}`)

  const problems: Array<string> = []
  for (const [index, moment] of KillPlan.make(seed, kills, contactCount).entries()) {
    const ended = yield* runWorker(args, moment)
    if (ended !== "SIGKILL") problems.push(`The worker ended with ${ended} before kill ${index + 1}`)
    yield* Check.print(`kill ${index + 1}, ${KillPlan.describe(moment)}: ${yield* FaultyApi.creates} creates so far`)
  }
  const ended = yield* runWorker(args)
  if (ended !== 0) problems.push(`The last worker ended with ${ended}`)
  const sent = yield* FaultyApi.creates
  yield* runWorker(args)
  const sentAgain = (yield* FaultyApi.creates) - sent
  if (sentAgain !== 0) problems.push(`A worker sent ${sentAgain} creates after the job had ended`)

  const outcomes = yield* Stream.runCollect(Jobs.outcomes(Job.name)).pipe(
    Effect.provide(SqliteJobs.layerControl({ filename }))
  )
  const contacts = yield* api.contacts(FaultyApi.token)
  const faults = yield* api.injectedFaults
  yield* Check.print(
    `${outcomes.length} outcomes, ${contacts.length} contacts, ${sent} creates, ${faults.length} faults`
  )
  return yield* Check.report([...problems, ...Check.problems(input, outcomes, contacts)])
})

const isGood = await Effect.runPromise(
  crash.pipe(Effect.scoped, Effect.provide(Layer.merge(Emulator.layer({ requestLogLimit: 0 }), NodeFileSystem.layer)))
)
process.exitCode = isGood ? 0 : 1
