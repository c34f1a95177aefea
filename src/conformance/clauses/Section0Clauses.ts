import type { Clause } from "./Clause.ts"

/** Paths and verbs. */
export const section0 = [
  { id: "0.path.prefixes", text: "/v1/… and /api/v1/… are the same route" },
  { id: "0.path.unknown", text: "an unknown path is a 404 with the HTML page of Next.js, for every verb" },
  { id: "0.path.case", text: "a path in another letter case is unknown" },
  { id: "0.path.letters", text: "a path with encoded letters is unknown" },
  { id: "0.path.undecodable", text: "a path with malformed percent-encoding is a 400 with an HTML page" },
  { id: "0.path.slash", text: "a path that ends with a slash is a 308, for every verb" },
  { id: "0.path.slashes", text: "a path with // or \\ is a 308" },
  {
    id: "0.path.moved",
    text: "a 308 has the normalised path with its query as Location and as plain text, without a content type"
  },
  { id: "0.path.dots", text: "the segments . and .. are resolved without a redirect" },
  { id: "0.path.encoded-slash", text: "%2F stays part of the id" },
  { id: "0.path.elsewhere", text: "an endpoint that the emulator does not have is a 501, not a 404" },
  { id: "0.verbs", text: "reads are GET and all other operations are POST; PUT, PATCH and DELETE are not used" },
  { id: "0.success", text: "every success is 200: create is not 201, delete is not 204" }
] as const satisfies ReadonlyArray<Clause>
