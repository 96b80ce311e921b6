namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>libpq's connection service file: PGSERVICEFILE, then <c>~/.pg_service.conf</c>, then the system's.</summary>
internal sealed class ServiceFile(Func<string, string?> variable)
{
    public IReadOnlyDictionary<string, string> Read(string service)
    {
        var files = Candidates().Where(File.Exists).ToArray();
        foreach (var file in files)
        {
            if (Section(file, service) is { } values)
            {
                return values;
            }
        }

        var looked = files.Length == 0 ? "there is no service file" : $"it is not in {string.Join(" or ", files)}";
        throw new IncidentException(FailureKind.ConnectionStringInvalid, $"The connection service '{service}' is not defined: {looked}.", service);
    }

    private static Dictionary<string, string>? Section(string file, string service)
    {
        Dictionary<string, string>? values = null;
        foreach (var line in ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                if (values is not null)
                {
                    break;
                }

                values = line == $"[{service}]" ? new(StringComparer.Ordinal) : null;
            }
            else if (values is not null && line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                values[line[..at].Trim()] = line[(at + 1)..].Trim();
            }
        }

        return values;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IncidentException(FailureKind.ConnectionStringInvalid, $"The connection service file {file} cannot be read.", file, exception);
        }
    }

    private IEnumerable<string> Candidates()
    {
        if (variable("PGSERVICEFILE") is { Length: > 0 } named)
        {
            yield return named;
        }
        else
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pg_service.conf");
            if (OperatingSystem.IsWindows())
            {
                yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", ".pg_service.conf");
            }
        }

        if (variable("PGSYSCONFDIR") is { Length: > 0 } system)
        {
            yield return Path.Combine(system, "pg_service.conf");
        }
        else
        {
            yield return "/etc/postgresql-common/pg_service.conf";
        }
    }
}
