/* oxlint-disable no-await-in-loop -- one contender after another */
/** The check that all contenders do the same, and all imports, against the emulator, which answers as the real server does. */
import { join } from "node:path"
import { ManagedRuntime } from "effect"
import * as Emulator from "effect-chatbotkit/layers/Emulator"
import { contender, names } from "./contenders/byName.ts"
import type { WriteInput } from "./contenders/contender.ts"
import { importer, names as importers } from "./importers/byName.ts"
import { importAll } from "./importers/importer.ts"
import { withTemporaryFolder } from "./temporaryFolder.ts"

const count = 200

const inputs: ReadonlyArray<WriteInput> = Array.from({ length: count }, (_, index) => ({
  id: "",
  fields: {
    fingerprint: `bench-fingerprint-${index.toString().padStart(6, "0")}`,
    name: `Contact ${index}`,
    email: `contact${index}@example.com`
  }
}))

const checkImports = (url: string): Promise<void> =>
  withTemporaryFolder(async (folder) => {
    for (const [index, name] of Object.values(importers).entries()) {
      const secret = `sk-import-${index}`
      await importAll(await importer(name, url, secret), count, { concurrency: 16, journal: join(folder, secret) })
    }
  })

export const crossCheck = async (): Promise<void> => {
  const emulator = ManagedRuntime.make(Emulator.layer())
  try {
    const { url } = await emulator.runPromise(Emulator.Emulator)
    const contenders = await Promise.all(Object.values(names).map((name) => contender(name, url, 0)))
    for (const one of contenders) await one.write("ensure", inputs, 16)
    const sums = await Promise.all(contenders.map((one) => one.list()))
    if (new Set(sums).size !== 1) throw new Error(`The contenders list different contacts: ${sums.join(", ")}`)
    await Promise.all(contenders.map((one) => one.close()))
    await checkImports(url)
  } finally {
    await emulator.dispose()
  }
}
