@{
    RootModule           = 'MalariaIncident.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f1f6f0e-3c0b-4b5e-9a55-0d7a3e1c9b42'
    Author               = 'MalariaIncident contributors'
    CompanyName          = 'MalariaIncident'
    Copyright            = '(c) 2026 MalariaIncident contributors. MIT License.'
    Description          = 'An executable incident-response runbook: declare, investigate, mitigate, verify, close and report, with plans before every change and a journal that writes the report.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('MalariaIncident.Format.ps1xml')
    TypesToProcess       = @('MalariaIncident.Types.ps1xml')

    # Staging (every build) writes the names of the cmdlet classes here: explicit, so that autoload works, and never typed twice.
    CmdletsToExport      = @()
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags         = @('incident', 'incident-response', 'runbook', 'sre', 'oncall', 'kubernetes', 'postgresql', 'rollback', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/malaria-prediction/malaria-incident'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
