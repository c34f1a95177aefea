import type { Clause } from "./Clause.ts"

/** Repeated requests. */
export const retryGuide = [
  { id: "8.reads", text: "lists, fetch and export can be repeated" },
  { id: "8.create", text: "a repeated create without fingerprint makes a second contact" },
  { id: "8.create.fingerprint", text: "a repeated create with a fingerprint is a 409" },
  { id: "8.create.lookup", text: "GraphQL finds the contact of that 409 by its fingerprint" },
  { id: "8.create.ensure", text: "ensure gives the contact of that 409 only if it is verified" },
  { id: "8.ensure", text: "ensure can be repeated" },
  { id: "8.update", text: "update can be repeated, $update too" },
  { id: "8.delete", text: "a repeated delete is a 404" },
  { id: "8.revoke", text: "a repeated revoke is a 401: Missing value for secret" },
  { id: "8.new-each-time", text: "mint and authenticate give a new token or URL each time, and change nothing" },
  { id: "8.proxy", text: "a repeated proxy call reaches the upstream twice" },
  { id: "8.repeatable", text: "verify, memory search and GraphQL queries can be repeated" },
  { id: "8.no-key", text: "no Idempotency-Key is read" },
  { id: "8.permanent", text: "a 500 GENERIC_ERROR is often permanent: the same request fails again" }
] as const satisfies ReadonlyArray<Clause>
