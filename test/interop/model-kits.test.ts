// The wire kit under the models that npm test leaves out for the sake of its time.
import { modelKit } from "../models/model-kit.js";

modelKit(["single", "prefork", "prefork-async"]);
