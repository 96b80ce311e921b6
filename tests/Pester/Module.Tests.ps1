# The module in a real pwsh: what xunit on the embedded engine cannot see. Run by './build.ps1 -Task Test'.

BeforeDiscovery {
    $script:manifest = (Get-ChildItem -Path "$PSScriptRoot/../../out/MalariaIncident/*/MalariaIncident.psd1" | Select-Object -Last 1).FullName
    Import-Module $script:manifest -Force
    $script:commands = Get-Command -Module MalariaIncident | ForEach-Object { @{ Name = $_.Name; Command = $_ } }
}

BeforeAll {
    $env:MALARIA_INCIDENT_STORE = Join-Path $TestDrive 'journal.db'
    $env:MALARIA_INCIDENT_ENVIRONMENTS = $null
    $script:manifest = (Get-ChildItem -Path "$PSScriptRoot/../../out/MalariaIncident/*/MalariaIncident.psd1" | Select-Object -Last 1).FullName
    $script:pwsh = [Environment]::ProcessPath
}

AfterAll {
    $env:MALARIA_INCIDENT_STORE = $null
}

Describe 'The module' {
    It 'has a valid manifest with explicit exports' {
        $data = Test-ModuleManifest -Path $manifest
        $data.ExportedCmdlets.Count | Should -BeGreaterThan 15
        (Import-PowerShellDataFile -Path $manifest).CmdletsToExport | Should -Not -Contain '*'
    }

    It 'is found and loaded by the name of a command alone' {
        $folder = Split-Path (Split-Path (Split-Path $manifest))
        $out = & $pwsh -NoProfile -Command "`$env:PSModulePath = '$folder' + [IO.Path]::PathSeparator + `$env:PSModulePath; (Get-SeverityPolicy | Select-Object -First 1).Severity"
        $out | Should -Be 'P0'
    }

    It '<Name> has help with a synopsis and two examples' -ForEach $commands {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It '<Name> describes every parameter' -ForEach $commands {
        foreach ($parameter in (Get-Help $Name -Full).parameters.parameter) {
            ($parameter.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because "-$($parameter.name)"
        }
    }
}

Describe 'A confirmation where nobody answers' {
    It 'ends a script that stops at errors with exit code 1, and an A in the piped input approves nothing' {
        $id = (New-Incident -Title 'Confirmation' -Severity P2).Id
        $script = "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; Close-Incident -Incident $id -Force -Reason 'test' -Confirm; 'went on'"
        $out = 'A' | & $pwsh -NoProfile -NonInteractive -Command $script 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 1
        $out | Should -Not -Match 'went on'
        (Get-Incident $id).Status | Should -Be 'Investigating'
    }
}

Describe 'WhatIf' {
    It 'goes before -Confirm, as everywhere, and needs nobody to answer' {
        $script = "Import-Module '$manifest'; New-Incident -Title 'Never' -Severity P3 -WhatIf -Confirm; `$WhatIfPreference = `$true; New-Incident -Title 'Never' -Severity P3 -Confirm"
        $out = & $pwsh -NoProfile -NonInteractive -Command $script 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0
        $out | Should -Match "What if: Declare the incident 'Never' as P3[\s\S]+What if: Declare the incident 'Never' as P3"
    }

    It 'writes no store' {
        $store = Join-Path $TestDrive 'never.db'
        $before = $env:MALARIA_INCIDENT_STORE
        try {
            $env:MALARIA_INCIDENT_STORE = $store
            New-Incident -Title 'Never' -Severity P3 -WhatIf
            Test-Path $store | Should -BeFalse
        }
        finally {
            $env:MALARIA_INCIDENT_STORE = $before
        }
    }

    It 'is kept out of ForEach-Object -Parallel by the read-only switch' {
        $env:MALARIA_INCIDENT_READONLY = '1'
        try {
            $errors = 1..2 | ForEach-Object -Parallel {
                Import-Module $using:manifest
                try { New-Incident -Title "Parallel $_" -Severity P3 -Confirm:$false } catch { $_.FullyQualifiedErrorId }
            }
            $errors | Should -HaveCount 2
        }
        finally {
            $env:MALARIA_INCIDENT_READONLY = $null
        }
    }
}

Describe 'The pipeline of the README' {
    BeforeDiscovery {
        $script:sandbox = (Get-ChildItem -Path "$PSScriptRoot/../../src/MalariaIncident.Sandbox/bin/*/net10.0/MalariaIncident.Sandbox.dll" |
                Sort-Object LastWriteTime | Select-Object -Last 1).FullName
    }

    BeforeAll {
        $sandbox = (Get-ChildItem -Path "$PSScriptRoot/../../src/MalariaIncident.Sandbox/bin/*/net10.0/MalariaIncident.Sandbox.dll" |
                Sort-Object LastWriteTime | Select-Object -Last 1).FullName
        if ($sandbox) {
            $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
            foreach ($argument in $sandbox, 'up', '--directory', (Join-Path $TestDrive 'world'), '--fault', 'bad-release') { $start.ArgumentList.Add($argument) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
            $script:world = [Diagnostics.Process]::Start($start)
            $env:MALARIA_INCIDENT_ENVIRONMENTS = $world.StandardOutput.ReadLine() -replace '^ready '
        }
    }

    AfterAll {
        $env:MALARIA_INCIDENT_ENVIRONMENTS = $null
        if ($script:world) {
            $world.StandardInput.Close()
            $world.WaitForExit(20000) | Should -BeTrue
        }
    }

    It 'goes from declaration to report' -Skip:(-not $sandbox) {
        $reports = Join-Path $TestDrive 'reports'
        $files = New-Incident -Title 'Prediction API returns 500' -UsersAffected 60 |
            Get-ClusterHealth |
            Invoke-EmergencyRollback -Confirm:$false |
            Test-IncidentResolution |
            Close-Incident -PassThru |
            Export-IncidentReport -Path $reports
        $files.Format | Should -Be @('Markdown', 'Html')
        (Get-Incident $files[0].Incident).Status | Should -Be 'Closed'
        (Get-Incident $files[0].Incident | Get-Mitigation).Kind | Should -Be 'Rollback'
        Test-IncidentJournal -Incident $files[0].Incident -Quiet | Should -BeTrue
    }

    It 'puts back what was kept after its incident was closed' -Skip:(-not $sandbox) {
        $id = (New-Incident -Title 'Kept' -Severity P2).Id
        $kept = (Set-ServiceDegradation -Incident $id -Confirm:$false).MitigationId
        Close-Incident -Incident $id -Force -KeepMitigation $kept -Reason 'until Monday' -Confirm:$false
        (Get-Mitigation $kept | Undo-Mitigation -Confirm:$false -WarningVariable said -WarningAction SilentlyContinue).Verified | Should -BeTrue
        $said | Should -Match 'is closed'
        (Get-Mitigation $kept).State | Should -Be 'Undone'
        Use-Incident -None
    }

    It 'leaves a complete record where Select-Object ends it early' -Skip:(-not $sandbox) {
        $id = (New-Incident -Title 'Cut short' -Severity P2).Id
        Set-ServiceDegradation -Incident $id -Confirm:$false | Select-Object -First 1 | Undo-Mitigation -Confirm:$false | Select-Object -First 1 | Out-Null
        (Get-Mitigation -Incident $id).State | Sort-Object | Should -Be @('Done', 'Undone')
    }

    It 'carries out a plan from a file, by a path of a drive and with brackets in it, and once only' -Skip:(-not $sandbox) {
        New-Item -Path (Join-Path $TestDrive 'plans [night]') -ItemType Directory | Out-Null
        New-PSDrive -Name plans -PSProvider FileSystem -Root (Join-Path $TestDrive 'plans [night]') | Out-Null
        $planned = Set-ServiceScale -Replicas 4 -PlanPath 'plans:/scale [4].json'
        $planned.Path | Should -Be (Join-Path $TestDrive 'plans [night]' 'scale [4].json')
        (Set-ServiceScale -Plan (Get-Item -LiteralPath $planned.Path) -Confirm:$false).Verified | Should -BeTrue
        { Set-ServiceScale -Plan 'plans:/scale [4].json' -Confirm:$false } | Should -Throw -ErrorId 'PlanUsed,*'
        (Get-Mitigation $planned.Id | Undo-Mitigation -Confirm:$false).Verified | Should -BeTrue
    }

    It 'does not write its warnings twice under -WhatIf' -Skip:(-not $sandbox) {
        Set-ServiceScale -Replicas 90 -WhatIf -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'asks in no thread job, and acts in one that was told to' -Skip:(-not $sandbox) {
        $asked = Start-ThreadJob { Import-Module $using:manifest; Set-ServiceScale -Replicas 5 } | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue
        $asked | Should -BeNullOrEmpty
        $told = Start-ThreadJob { Import-Module $using:manifest; Set-ServiceScale -Replicas 4 -Confirm:$false } | Receive-Job -Wait -AutoRemoveJob
        $told.Verified | Should -BeTrue
        (Undo-Mitigation $told.MitigationId -Confirm:$false).Verified | Should -BeTrue
    }

    It '<_> is shown without an empty column at 80 columns' -Skip:(-not $sandbox) -ForEach 'Get-RecentDeployment', 'Get-RolloutHistory', 'Test-ServiceHealth', 'Get-ServiceMetric' {
        $table = & $_ | Format-Table | Out-String -Width 80
        $table.Split("`n").Count | Should -BeLessThan 60
    }
}

Describe 'Objects' {
    It 'survive a job and still bind' {
        $job = Start-Job -ScriptBlock { Import-Module $using:manifest; New-Incident -Title 'From a job' -Severity P3 }
        $deserialised = $job | Receive-Job -Wait -AutoRemoveJob
        $deserialised | Add-IncidentNote -Text 'bound from a deserialised object' | Out-Null
        (Get-IncidentTimeline -Incident $deserialised)[-1].Text | Should -Match 'bound from a deserialised object'
    }
}
