/** The resources of the vendor's API, by the first segment after `/v1`. */
const resources: ReadonlySet<string> = new Set([
  "ability",
  "audit",
  "blueprint",
  "bot",
  "channel",
  "conversation",
  "dataset",
  "event",
  "file",
  "integration",
  "magic",
  "memory",
  "openai",
  "partner",
  "platform",
  "policy",
  "portal",
  "rating",
  "report",
  "secret",
  "skillset",
  "space",
  "task",
  "team",
  "usage",
  "user"
])

/** The endpoints whose path is a single segment, and that the emulator does not have. */
const documents: ReadonlySet<string> = new Set(["spec"])

/** The contact endpoints that the emulator does not have, by the path after the id (wire contract 3.1). */
const ofContact = /^(?:secret\/list|secret\/[^/]+\/(?:authenticate|verify|revoke|mint|proxy))$/

/** True if the vendor's API has, or may have, an endpoint at a path: the part after `/v1`, without a slash in front. */
export const has = (path: string): boolean => {
  const [resource = "", id = "", ...rest] = path.split("/")
  if (resource === "contact") return id !== "" && ofContact.test(rest.join("/"))
  return id === "" ? documents.has(resource) : resources.has(resource)
}
