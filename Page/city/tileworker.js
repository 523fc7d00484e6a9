// The worker that makes tiles ready to be drawn. Messages and answers are in workers.js.
import { build, buffersOf } from "./build.js";
import { decodeTile } from "./decode.js";
import { serve } from "./serve.js";

serve({
  tile({ buffer, first, most, isDisc }) {
    const parts = build(decodeTile(buffer), first, most, isDisc);
    return [parts, buffersOf(parts)];
  },
});
