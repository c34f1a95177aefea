/** All groups, in the order in which `npm run bench` runs them. */
import { bulk } from "./bulk.ts"
import { cli } from "./cli.ts"
import { creates, fetches } from "./fetch.ts"
import type { Group } from "./group.ts"
import { imports } from "./imports.ts"
import { jobs } from "./jobs.ts"
import { list, listLengths } from "./lists.ts"
import { memory } from "./memory.ts"
import { options } from "./options.ts"
import { decode, inMemory } from "./parts.ts"
import { sizes } from "./size.ts"
import { ensures, otherWrites } from "./writeStreams.ts"

export const groups: ReadonlyArray<Group> = [
  fetches,
  ensures,
  bulk,
  jobs,
  list,
  memory,
  options,
  sizes,
  imports,
  cli,
  creates,
  otherWrites,
  listLengths,
  decode,
  inMemory
]
