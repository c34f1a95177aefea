import { isMeta, type Meta } from "../store/Meta.ts"

const directive = "$update"

/** The keys reserved for the platform. They start with an underscore, or with anything but an ASCII word character. */
const reserved = /^[\W_]/

/**
 * The metadata that an update stores; undefined if the update has none (wire contract 3.6). An object replaces the
 * previous one, `{"$update": {…}}` merges one level deep, reserved keys at the top are dropped, and null clears.
 */
export const apply = (meta: Meta | null | undefined, previous: Meta | null): Meta | null | undefined => {
  if (meta === undefined || meta === null) return meta
  // The server uses `in`, which finds an inherited directive too.
  if (!(directive in meta)) return withoutReserved(meta)
  const changes = meta[directive]
  // The server spreads any value: a text gives its characters, a list its elements, and other scalars nothing.
  return { ...previous, ...(isMeta(changes) ? withoutReserved(changes) : Object(changes)) }
}

const withoutReserved = (meta: Meta): Meta =>
  Object.fromEntries(Object.entries(meta).filter(([key]) => !reserved.test(key)))
