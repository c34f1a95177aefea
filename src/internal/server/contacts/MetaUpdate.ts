import { isMeta, type Meta } from "../store/Store.ts"

const directive = "$update"

/** Keys the platform keeps for itself: those that start with an underscore or anything that is no ASCII word character. */
const reserved = /^[\W_]/

/**
 * The metadata an update stores, undefined if it says nothing of it (wire contract 3.6): an object replaces what was
 * there, `{"$update": {…}}` merges one level deep, reserved keys at the top are dropped, null clears.
 */
export const apply = (meta: Meta | null | undefined, previous: Meta | null): Meta | null | undefined => {
  if (meta === undefined || meta === null) return meta
  // The server asks with `in`, which finds an inherited directive too.
  if (!(directive in meta)) return withoutReserved(meta)
  const changes = meta[directive]
  // What is spread is an object of its type: a text gives its characters, a list its elements, other scalars nothing.
  return { ...previous, ...(isMeta(changes) ? withoutReserved(changes) : Object(changes)) }
}

const withoutReserved = (meta: Meta): Meta =>
  Object.fromEntries(Object.entries(meta).filter(([key]) => !reserved.test(key)))
