import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("random replies", groups.randomReplies)
