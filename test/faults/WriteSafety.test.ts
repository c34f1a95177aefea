import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("write safety", groups.writeSafety)
