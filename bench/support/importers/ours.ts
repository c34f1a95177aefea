/** Imports by `Bulk`. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { Bulk, type Client } from "effect-chatbotkit"
import type { InvalidOptions } from "effect-chatbotkit/Errors"
import * as FileJournal from "effect-chatbotkit/layers/FileJournal"
import type { Importer } from "./importer.ts"

const job = "import of contacts"

const operations = { ensure: Bulk.ensure, create: Bulk.create }

/** An import over a layer, with a journal in a file or without one. */
export const make = (
  layer: Layer.Layer<Client.Client, InvalidOptions>,
  operation: keyof typeof operations,
  hasJournal: boolean
): Importer => {
  const runtime = ManagedRuntime.make(layer)
  return (rows, { concurrency, journal }) => {
    const made = Stream.fromIterable(rows).pipe(
      operations[operation]({ job, concurrency }),
      Stream.runFold(
        () => 0,
        (count, { outcome }) => (outcome === "created" ? count + 1 : count)
      )
    )
    const journalLayer = FileJournal.layer(journal).pipe(Layer.provide(NodeFileSystem.layer))
    return runtime.runPromise(hasJournal ? Effect.provide(made, journalLayer) : made)
  }
}
