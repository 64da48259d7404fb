// A worker of one's own: the bundler sees it and the runtime, and has nothing of ours to find.

import { expose } from 'latentlift/worker';
import * as ort from 'onnxruntime-web/webgpu';

expose({ ort });
