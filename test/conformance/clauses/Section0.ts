import type { Clause } from "./Clause.ts"

/** Paths and verbs. */
export const section0 = [
  { id: "0.path.prefixes", text: "/v1/… and /api/v1/… lead to the same route" },
  {
    id: "0.path.unknown",
    text: "a path that no route has is a 404 with a JSON error",
    basis: "U",
    assumptions: ["unknownRouteCode", "unknownRouteMessage"]
  },
  {
    id: "0.path.undecodable",
    text: "a path whose percent-encoding is broken is a 400",
    basis: "U",
    assumptions: ["undecodablePathMessage"]
  },
  { id: "0.verbs", text: "reads are GET, everything else is POST, delete too; no PUT, PATCH or DELETE" },
  { id: "0.success", text: "every success is 200: create is not 201, delete is not 204" }
] as const satisfies ReadonlyArray<Clause>
