import type { Clause } from "./Clause.ts"

/** Paths and verbs. */
export const section0 = [
  { id: "0.path.prefixes", text: "/v1/… and /api/v1/… lead to the same route" },
  { id: "0.path.unknown", text: "a path that no route has is a 404 with the HTML page of Next.js, whatever the verb" },
  { id: "0.path.case", text: "so is another letter case" },
  { id: "0.path.letters", text: "so are encoded letters" },
  { id: "0.path.undecodable", text: "a path whose percent-encoding is broken is a 400 with an HTML page" },
  { id: "0.path.slash", text: "a slash at the end of a path is a 308, whatever the verb" },
  { id: "0.path.slashes", text: "so are // and \\ in a path" },
  {
    id: "0.path.moved",
    text: "Location is the plain path with its query, the body is the same text, of no content type"
  },
  { id: "0.path.dots", text: "the segments . and .. are resolved without a redirect" },
  { id: "0.path.encoded-slash", text: "%2F stays part of the id" },
  { id: "0.path.elsewhere", text: "an endpoint that the emulator does not have is a 501, never a 404" },
  { id: "0.verbs", text: "reads are GET, everything else is POST, delete too; no PUT, PATCH or DELETE" },
  { id: "0.success", text: "every success is 200: create is not 201, delete is not 204" }
] as const satisfies ReadonlyArray<Clause>
