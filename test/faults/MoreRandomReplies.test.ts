import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("more random replies", groups.moreRandomReplies)
