/** Writes docs/cli.md from the definitions of the commands. */
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as CommandDocument from "./CommandDocument.ts"

writeFileSync(join(import.meta.dirname, "../..", CommandDocument.path), await Effect.runPromise(CommandDocument.text))
