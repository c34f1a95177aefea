/** The fingerprints of rows without one. They are the same in every run of a job, so that the server keeps rows from being made twice. */
import * as Hex from "effect/encoding/Hex"
import { md5 } from "./Md5.ts"

/**
 * The part that the fingerprints of a job have in common. It is made from the name by MD5, which Effect has without promises: a
 * SHA-256 takes real time under a test clock, and a page that is not served over https has none. Only names that somebody has
 * constructed for it have the same one.
 */
export const prefix = (job: string): string => `${Hex.encode(md5(job))}-`
