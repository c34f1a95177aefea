/* oxlint-disable no-await-in-loop -- a worker makes one call after another */
/** A client under measurement, and how one is made from calls that are promises or effects. */
import { Effect, type ManagedRuntime, Stream } from "effect"

/** The fields that the benchmark writes. */
export interface Fields {
  readonly fingerprint: string
  readonly name: string
  readonly email: string
}

/** A write operation. */
export type Write = "create" | "ensure" | "update" | "delete"

/** The input of one write: an existing contact, and the fields to write. */
export interface WriteInput {
  readonly id: string
  readonly fields: Fields
}

/** One client, bound to one account. */
export interface Contender {
  /** Reads the whole list as a stream, and gives the checksum of its contacts. */
  readonly list: () => Promise<number>
  /** Reads one contact by its id, and gives its creation time. */
  readonly createdAt: (id: string) => Promise<number>
  /** Reads contacts by id, `concurrency` of them at a time. */
  readonly fetch: (ids: ReadonlyArray<string>, concurrency: number) => Promise<void>
  /** Writes many, `concurrency` of them at a time. */
  readonly write: (operation: Write, inputs: ReadonlyArray<WriteInput>, concurrency: number) => Promise<void>
  /** The same, as a stream of results: in the order of the inputs, or as they finish. */
  readonly writeStream: (
    operation: Write,
    inputs: ReadonlyArray<WriteInput>,
    options: { readonly concurrency: number; readonly unordered: boolean }
  ) => Promise<void>
  readonly close: () => Promise<void>
}

interface Created {
  readonly createdAt: number
}

/** The part of the checksum that one contact adds. */
export const digest = ({ createdAt }: Created): number => createdAt % 1000

/** The calls of a client that returns promises. */
interface PromiseCalls {
  readonly list: () => Promise<number>
  readonly fetch: (id: string) => Promise<Created>
  readonly write: Readonly<Record<Write, (input: WriteInput) => Promise<unknown>>>
  readonly close?: () => Promise<void>
}

/** Makes a call for each input, `concurrency` of them at a time. */
export const pool = async <A>(
  inputs: IterableIterator<A>,
  concurrency: number,
  call: (input: A) => Promise<unknown>
): Promise<void> => {
  const worker = async () => {
    for (const input of inputs) await call(input)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

export const fromPromises = ({ close, fetch, list, write }: PromiseCalls): Contender => ({
  list,
  createdAt: async (id) => (await fetch(id)).createdAt,
  fetch: (ids, concurrency) => pool(ids.values(), concurrency, fetch),
  write: (operation, inputs, concurrency) => pool(inputs.values(), concurrency, write[operation]),
  writeStream: (operation, inputs, { concurrency }) => pool(inputs.values(), concurrency, write[operation]),
  close: close ?? (async () => undefined)
})

/** The calls of a client that returns effects. */
interface EffectCalls<R> {
  readonly list: () => Stream.Stream<Created, unknown, R>
  readonly fetch: (id: string) => Effect.Effect<Created, unknown, R>
  readonly write: Readonly<Record<Write, (input: WriteInput) => Effect.Effect<unknown, unknown, R>>>
}

export const fromEffects = <R, E>(
  runtime: ManagedRuntime.ManagedRuntime<R, E>,
  { fetch, list, write }: EffectCalls<NoInfer<R>>
): Contender => ({
  list: () =>
    runtime.runPromise(
      Stream.runFold(
        list(),
        () => 0,
        (sum, contact) => sum + digest(contact)
      )
    ),
  createdAt: async (id) => (await runtime.runPromise(fetch(id))).createdAt,
  fetch: (ids, concurrency) => runtime.runPromise(Effect.forEach(ids, fetch, { concurrency, discard: true })),
  write: (operation, inputs, concurrency) =>
    runtime.runPromise(Effect.forEach(inputs, write[operation], { concurrency, discard: true })),
  writeStream: (operation, inputs, options) =>
    runtime.runPromise(Stream.fromIterable(inputs).pipe(Stream.mapEffect(write[operation], options), Stream.runDrain)),
  close: () => runtime.dispose()
})
