import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("limits", groups.limits)
