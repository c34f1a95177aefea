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

/** True if the vendor's API has, or may have, an endpoint at a path: the part after `/v1`, without a slash in front. */
export const has = (path: string): boolean => {
  const [resource = "", id = ""] = path.split("/")
  return id === "" ? documents.has(resource) : resources.has(resource)
}
