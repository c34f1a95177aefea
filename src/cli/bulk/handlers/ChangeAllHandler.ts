import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Client } from "../../../Client.ts"
import * as Contact from "../../../Contact.ts"
import { UnreadableRow } from "../../../internal/format/UnreadableRow.ts"
import * as Jobs from "../../../jobs/Jobs.ts"
import type { ContactFlags } from "../../contacts/ContactFlags.ts"
import * as ContactFields from "../../contacts/handlers/ContactFields.ts"
import * as ContactSample from "../../contacts/handlers/ContactSample.ts"
import { countText } from "../../format/CountText.ts"
import { UsageError } from "../../support/CliFailure.ts"
import * as Confirm from "../../support/Confirm.ts"
import type { ConfirmFlags } from "../../support/ConfirmFlags.ts"
import * as Input from "../../support/Input.ts"
import * as Streams from "../../support/Streams.ts"
import type { RunFlags } from "../BulkFlags.ts"
import * as JobEnd from "../run/JobEnd.ts"
import * as JobFiles from "../run/JobFiles.ts"
import * as JobSession from "../run/JobSession.ts"

/** The input of {@link deleteAll}. */
export interface ChangeAllInput extends ConfirmFlags, RunFlags {
  readonly meta: Readonly<Record<string, string>> | undefined
  readonly all: boolean
}

/** The input of {@link updateAll}. */
export interface UpdateAllInput extends ChangeAllInput, Pick<ContactFlags, "set" | "setJson"> {}

/** The contacts of a command: their ids, in order, and some of them for people. */
interface Selection {
  readonly ids: ReadonlyArray<string | UnreadableRow>
  readonly sample: ReadonlyArray<Contact.Contact>
}

const twoSelections = new UsageError({
  message: "--all and --meta are two selections",
  next: "Give one of them, or ids on standard input."
})

const listed = (request: Contact.ListRequest) =>
  Contact.list(request).pipe(
    Stream.runFold(
      () => ({ ids: new Array<string>(), sample: new Array<Contact.Contact>() }),
      ({ ids, sample }, contact) => {
        ids.push(contact.id)
        if (sample.length < ContactSample.size) sample.push(contact)
        return { ids, sample }
      }
    )
  )

const select = Effect.fnUntraced(function* ({ all, meta }: ChangeAllInput) {
  if (all && meta !== undefined) return yield* twoSelections
  // The oldest first, so that the order is the same the next time.
  if (all || meta !== undefined) return yield* listed({ order: "asc", ...(meta === undefined ? {} : { meta }) })
  const rows = yield* Stream.runCollect(yield* Input.ids([]))
  const ids = rows.map(({ row, value }) =>
    Result.getOrElse(value, (description) => new UnreadableRow({ line: row, description }))
  )
  const readable = ids.filter((id) => typeof id === "string")
  const selection: Selection = { ids, sample: yield* ContactSample.of(readable) }
  return selection
})

/** The name of the job: that of the same plan, unless a job of this name has finished before. */
const nameOf = Effect.fnUntraced(function* (base: string, jobs: string | undefined) {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    const state = yield* Effect.flatMap(JobFiles.toFind(name, jobs), (file) =>
      JobFiles.withControl(
        file,
        Effect.map(Jobs.progress(name), ({ state }) => state)
      )
    ).pipe(Effect.catchTag("JobNotFound", () => Effect.succeed("absent" as const)))
    if (state !== "finished") return name
  }
})

interface Change {
  readonly command: "update-all" | "delete-all"
  readonly operation: "Contact.update" | "Contact.delete"
  /** The verb of the question. */
  readonly verb: string
  /** The change of each contact. Empty for a delete. */
  readonly request: object
}

/** The rows of a job, from the ids. */
const rowsOf = <A>({ ids }: Selection, toRow: (id: string) => A): Stream.Stream<A | UnreadableRow> =>
  Stream.map(Stream.fromIterable(ids), (id) => (typeof id === "string" ? toRow(id) : id))

const submit =
  (name: string, { command, request }: Change, selection: Selection, concurrency: number) =>
  (counted: <A, E, R>(rows: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>) => {
    const options = { concurrency, chunkConcurrency: 1, beforeImages: true }
    return command === "delete-all"
      ? Jobs.submit(name, counted(rowsOf(selection, (id) => id)), { ...options, operation: "delete" })
      : Jobs.submit(name, counted(rowsOf(selection, (id) => ({ ...request, id }))), { ...options, operation: "update" })
  }

const run = Effect.fnUntraced(function* (input: ChangeAllInput, change: Change) {
  const { concurrency, jobs, rate } = input
  const selected = yield* JobSession.withClient(
    rate,
    Effect.gen(function* () {
      const { settings } = yield* Client
      return { ...(yield* select(input)), server: [settings.prefix, { ...settings.headers }] }
    })
  )
  const count = selected.ids.length
  const plan: Confirm.Plan = {
    operation: change.operation,
    action: `${change.verb} ${countText(count, "contact")}`,
    count,
    sample: selected.sample,
    lines: selected.sample.map(Confirm.describe),
    digest: Confirm.digestOf(change.operation, change.request, selected.server, selected.ids)
  }
  if (count === 0 && !input.dryRun) return yield* Streams.note("There is no contact to change.")
  const writes = Effect.gen(function* () {
    const name = input.name ?? (yield* nameOf(`${change.command}-${plan.digest}`, jobs))
    const session: JobSession.Session = { name, jobs, rate, resume: false, again: undefined }
    const progress = yield* JobSession.run(session, submit(name, change, selected, concurrency))
    yield* JobEnd.ofProgress(progress, jobs)
  })
  yield* Confirm.run(plan, input, writes)
})

const none = {
  name: undefined,
  description: undefined,
  email: undefined,
  phone: undefined,
  nick: undefined,
  preferences: undefined,
  fingerprint: undefined,
  verifiedAt: undefined
}

const noChange = new UsageError({ message: "There is no change", next: "Give flags such as --set meta.tier=gold." })

/** Updates the selected contacts, after a confirmation. */
export const updateAll = Effect.fnUntraced(function* (input: UpdateAllInput) {
  const { set, setJson } = input
  const request = yield* Effect.fromResult(ContactFields.toUpdate({ ...none, set, setJson }))
  if (Object.keys(request).length === 0) return yield* noChange
  const checked = yield* ContactFields.checkUpdate(request)
  yield* run(input, { command: "update-all", operation: "Contact.update", verb: "Update", request: checked })
})

/** Deletes the selected contacts, after a confirmation. */
export const deleteAll = (input: ChangeAllInput) =>
  run(input, { command: "delete-all", operation: "Contact.delete", verb: "Delete", request: {} })
