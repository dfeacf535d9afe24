import type { AgentCommands, CommandName } from '../protocol.ts';
import type { Connection } from './connection.ts';

/** What the agent does for each command. */
export type Handlers<Names extends CommandName = CommandName> = {
  [Name in Names]: (
    arg: AgentCommands[Name]['arg'],
  ) => Promise<AgentCommands[Name]['result']> | AgentCommands[Name]['result'];
};

/** Commands that belong together, with what they keep between each other. */
export interface CommandGroup<Names extends CommandName = CommandName> {
  handlers: Handlers<Names>;
  /** Told of every new connection, before its first description. */
  onConnection?: (connection: Connection) => void;
  /** Back to the beginning; what it holds is released. */
  reset: () => void;
}
