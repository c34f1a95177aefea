import { isMeta, type Meta } from "./Store.ts"

const directive = "$update"

/** Keys the platform keeps for itself: those that start with an underscore or anything that is no ASCII word character. */
const reserved = /^[\W_]/

/**
 * The metadata an update stores, undefined if it says nothing of it (wire contract 3.6): an object replaces what was
 * there, `{"$update": {…}}` merges one level deep, reserved keys at the top are dropped, null clears.
 */
export const apply = (meta: Meta | null | undefined, previous: Meta | null): Meta | null | undefined => {
  if (meta === undefined || meta === null) return meta
  if (!Object.hasOwn(meta, directive)) return withoutReserved(meta)
  const changes = meta[directive]
  return { ...previous, ...(isMeta(changes) ? withoutReserved(changes) : {}) }
}

const withoutReserved = (meta: Meta): Meta =>
  Object.fromEntries(Object.entries(meta).filter(([key]) => !reserved.test(key)))
