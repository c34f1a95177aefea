import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("lists of items", groups.itemLists)
