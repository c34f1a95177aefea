import { groups } from "./Hazards.ts"
import { suite } from "./Suite.ts"

suite("secrets", groups.secrets)
