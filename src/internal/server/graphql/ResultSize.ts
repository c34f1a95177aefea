import {
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  type SelectionSetNode
} from "graphql"

/** The fragments of a query by name. */
type Fragments = GraphQLResolveInfo["fragments"]

const typeNames = new WeakMap<ReadonlyArray<FieldNode>, number>()

/** The number of fields `__typename` of each object of a field. The library resolves them itself. */
export const typeNamesOf = ({ fieldNodes, fragments }: GraphQLResolveInfo): number => {
  const count = typeNames.get(fieldNodes) ?? countTypeNames(fieldNodes, fragments)
  typeNames.set(fieldNodes, count)
  return count
}

const countTypeNames = (fieldNodes: ReadonlyArray<FieldNode>, fragments: Fragments): number => {
  let count = 0
  const visited = new Set<string>()
  const sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) count += selection.name.value === "__typename" ? 1 : 0
      else if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet)
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value)
        sets.push(...selectionSetOf(fragments, selection.name.value))
      }
    }
  }
  return count
}

/**
 * The number of fields below `__schema` and `__type` in an operation, each as often as its fragments are spread. The
 * library resolves them itself. The fragments must have no circles.
 */
export const introspectedFields = ({ selectionSet }: OperationDefinitionNode, fragments: Fragments): number => {
  const known = new Map<string, number>()
  const inFragment = (name: string, below: boolean): number => {
    const key = `${below} ${name}`
    const count = known.get(key) ?? sum(selectionSetOf(fragments, name).map((set) => inSet(set, below)))
    known.set(key, count)
    return count
  }
  const inSet = ({ selections }: SelectionSetNode, below: boolean): number =>
    sum(
      selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return inFragment(selection.name.value, below)
        if (selection.kind === Kind.INLINE_FRAGMENT) return inSet(selection.selectionSet, below)
        const isBelow = below || roots.has(selection.name.value)
        const own = below ? 1 : 0
        return selection.selectionSet === undefined ? own : own + inSet(selection.selectionSet, isBelow)
      })
    )
  return inSet(selectionSet, false)
}

const roots: ReadonlySet<string> = new Set(["__schema", "__type"])

const selectionSetOf = (fragments: Fragments, name: string): ReadonlyArray<SelectionSetNode> => {
  const fragment = fragments[name]
  return fragment === undefined ? [] : [fragment.selectionSet]
}

const sum = (counts: ReadonlyArray<number>): number => counts.reduce((total, count) => total + count, 0)
