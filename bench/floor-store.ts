/** A session as the product answers it. */
export interface FloorSession {
  token: string;
  user_name: string;
  memory_fragment: string;
  created_at: string;
  ttl_seconds: number;
  expires_in: number;
  expires_at: string;
}

interface FloorPage {
  sessions: FloorSession[];
  next?: string;
}

/** The product's work on its store and nothing else: the same statements and rows, nothing checked. */
export interface FloorStore {
  create(userName: string, memoryFragment: string, ttl: number): Promise<FloorSession>;
  find(token: string): Promise<FloorSession | undefined>;
  list(limit: number, cursor?: string): Promise<FloorPage>;
  remove(token: string): Promise<void>;
}
