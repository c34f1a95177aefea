/** The commands on jobs: those of other terminals, and those that have ended. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { toggle } from "../support/CommonFlags.ts"
import { confirmFlags } from "../support/ConfirmFlags.ts"
import { jobsFile, rate } from "./BulkFlags.ts"

const load = Effect.promise(() => import("./handlers/JobsHandler.ts"))

const name = Argument.String("name").pipe(Argument.withDescription("The name of the job"))

const jobFlags = { name, jobs: jobsFile }

const list = Command.make("list", { jobs: jobsFile }, (input) =>
  Effect.flatMap(load, (handlers) => handlers.list(input))
).pipe(Command.withDescription("List the jobs, the oldest first"))

const status = Command.make("status", jobFlags, (input) =>
  Effect.flatMap(load, (handlers) => handlers.status(input))
).pipe(Command.withDescription("Show the state of a job, and the numbers of its rows by their outcomes"))

const pause = Command.make("pause", jobFlags, (input) =>
  Effect.flatMap(load, (handlers) => handlers.pause(input))
).pipe(Command.withDescription("Pause a job. The rows under way end, and the command that runs it ends too"))

const cancel = Command.make("cancel", jobFlags, (input) =>
  Effect.flatMap(load, (handlers) => handlers.cancel(input))
).pipe(Command.withDescription("Cancel a job. It can be resumed"))

const resume = Command.make("resume", { ...jobFlags, rate }, (input) =>
  Effect.flatMap(load, (handlers) => handlers.resume(input))
).pipe(
  Command.withDescription(
    "Run a job that was stopped, with the account of this call. Of a finished job, the rows are sent again whose outcomes are not final"
  ),
  Command.withShortDescription("Run a job that was stopped")
)

const outcomes = Command.make(
  "outcomes",
  { ...jobFlags, failed: toggle("failed", "Only the rows that failed, or have no outcome yet") },
  (input) => Effect.flatMap(load, (handlers) => handlers.outcomes(input))
).pipe(Command.withDescription("Show the outcome of each row of a job, with the contacts before their changes"))

const undo = Command.make("undo", { ...jobFlags, ...confirmFlags, rate }, (input) =>
  Effect.flatMap(load, (handlers) => handlers.undo(input))
).pipe(
  Command.withDescription(
    "Give the contacts that a job has updated the fields back that it set. Made and deleted contacts stay as they are. A confirmation is needed"
  ),
  Command.withShortDescription("Give updated contacts their fields back")
)

const remove = Command.make("remove", { ...jobFlags, ...confirmFlags }, (input) =>
  Effect.flatMap(load, (handlers) => handlers.remove(input))
).pipe(
  Command.withDescription(
    "Remove a job with its rows and outcomes from this machine. It cannot be resumed or undone then. A confirmation is needed"
  ),
  Command.withShortDescription("Remove a job from this machine")
)

/** The jobs that bulk commands make. */
export const jobsCommand = Command.make("jobs").pipe(
  Command.withDescription("The jobs of import, update-all and delete-all"),
  Command.withSubcommands([list, status, pause, resume, cancel, outcomes, undo, remove]),
  Command.withExamples([
    { command: "effect-chatbotkit jobs list", description: "All jobs" },
    { command: "effect-chatbotkit jobs outcomes crm --failed --format csv", description: "The rows that failed" },
    { command: "effect-chatbotkit jobs undo tiers --dry-run", description: "What an undo would do, and a digest" }
  ])
)
