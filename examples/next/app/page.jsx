import { LatentLift } from './latent-lift.jsx';

// Rendered on the server: the doors that the client component imports touch no browser there.
export default function Page() {
  return <LatentLift src="/latent.npy" scale="2" />;
}
