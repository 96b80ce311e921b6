using MalariaIncident.Sandbox;

return await SandboxCommand.RunAsync(args);
