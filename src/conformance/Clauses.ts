import type { Clause } from "./clauses/Clause.ts"
import { graphQL } from "./clauses/GraphqlClauses.ts"
import { section0 } from "./clauses/Section0Clauses.ts"
import { section1 } from "./clauses/Section1Clauses.ts"
import { section2 } from "./clauses/Section2Clauses.ts"
import { section3 } from "./clauses/Section3Clauses.ts"
import { section4 } from "./clauses/Section4Clauses.ts"
import { section5 } from "./clauses/Section5Clauses.ts"
import { section6 } from "./clauses/Section6Clauses.ts"
import { section7 } from "./clauses/Section7Clauses.ts"
import { retryGuide } from "./clauses/RetryGuideClauses.ts"
import { secretActions } from "./clauses/SecretActionClauses.ts"
import { secrets } from "./clauses/SecretClauses.ts"
import { subLists } from "./clauses/SubListClauses.ts"

const all = [
  ...section0,
  ...section1,
  ...section2,
  ...section3,
  ...subLists,
  ...secrets,
  ...secretActions,
  ...section4,
  ...section5,
  ...section6,
  ...section7,
  ...retryGuide,
  ...graphQL
] as const

/** The ids of the clauses. A case can name no other. */
export type ClauseId = (typeof all)[number]["id"]

/** All clauses in scope. */
export const clauses: ReadonlyArray<Clause & { readonly id: ClauseId }> = all

/** The sections of the contract that have clauses, with their titles. */
export const sections: ReadonlyArray<readonly [section: number, title: string]> = [
  [0, "Paths and verbs"],
  [1, "The record"],
  [2, "Body validation"],
  [3, "Endpoints"],
  [4, "Paging"],
  [5, "Formats and streams"],
  [6, "Errors and headers"],
  [7, "Authentication"],
  [8, "Retry guide"],
  [12, "GraphQL lookup"]
]

/** The section of a clause. */
export const sectionOf = (id: string): number => Number.parseInt(id, 10)
