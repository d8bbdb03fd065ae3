import { createContext, useContext } from 'react'

/** What can be done from anywhere: the same ids stand behind buttons, keys and the palette. */
export type Commands = {
  'deals.create': { company?: { id: string; name: string }; pipelineId?: string; stageId?: string }
  'companies.create': { name?: string }
  'people.create': { company?: { id: string; name: string } }
  'tasks.create': { deal?: { id: string; name: string } }
  'palette.open': object
  'keys.show': object
}
export type CommandId = keyof Commands

export type RunCommand = <Id extends CommandId>(id: Id, args?: Commands[Id]) => void

export const CommandContext = createContext<RunCommand>(() => {
  throw new Error('commands are run inside the application only')
})

/** Runs a command by its id. */
export const useRun = (): RunCommand => useContext(CommandContext)
