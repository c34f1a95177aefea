import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("long lists", groups.longLists)
