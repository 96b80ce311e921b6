#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests and installs MalariaIncident. Without arguments it builds and stages out/MalariaIncident/<version>/.
.DESCRIPTION
The same can be had without PowerShell: 'dotnet build' stages the module, 'dotnet test' runs the tests. What only runs here are the
Pester specs, PSScriptAnalyzer, and the installation into the user's module folder.
.PARAMETER Task
Build (default), Test (dotnet test, then Pester and PSScriptAnalyzer where they are found), Install (into the user's module folder), Clean.
.PARAMETER Configuration
Release (default) or Debug.
.EXAMPLE
./build.ps1
.EXAMPLE
./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Install', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$version = (Import-PowerShellDataFile -Path (Join-Path $root 'MalariaIncident.psd1')).ModuleVersion
$staged = Join-Path $root "out/MalariaIncident/$version"

function Invoke-Tool {
    param([string] $Command, [string[]] $Argument)
    & $Command @Argument
    if ($LASTEXITCODE -ne 0) { throw "$Command $($Argument -join ' ') ended with exit code $LASTEXITCODE." }
}

function Build-Module {
    param([string] $As)
    Invoke-Tool dotnet @('build', (Join-Path $root 'src/MalariaIncident'), '-c', $As, '--nologo', '-v', 'quiet')
    Get-Item -Path $staged
}

function Test-Everything {
    Invoke-Tool dotnet @('test', (Join-Path $root 'MalariaIncident.slnx'), '--nologo')

    if (Get-Module -ListAvailable -Name Pester) {
        $pester = New-PesterConfiguration
        $pester.Run.Path = Join-Path $root 'tests/Pester'
        $pester.Run.Throw = $true
        $pester.Output.Verbosity = 'Detailed'
        Invoke-Pester -Configuration $pester
    }
    else {
        Write-Warning 'Pester is not installed: the specs in tests/Pester did not run.'
    }

    if (Get-Module -ListAvailable -Name PSScriptAnalyzer) {
        # The manifest at the root names files that exist beside it only once it is staged.
        $found = @(
            Get-ChildItem -Path $root -Recurse -Include '*.ps1', '*.psm1', '*.psd1' |
                Where-Object { $_.FullName -notmatch '[\\/](out|bin|obj)[\\/]' -and $_.Name -ne 'MalariaIncident.psd1' }
            Get-Item -Path (Join-Path $staged 'MalariaIncident.psd1')) |
            ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings (Join-Path $root 'tests/Pester/PSScriptAnalyzerSettings.psd1') }
        $found | Out-String | Write-Information -InformationAction Continue
        if ($found) { throw "PSScriptAnalyzer found $(@($found).Count) problem(s)." }
    }
    else {
        Write-Warning 'PSScriptAnalyzer is not installed: the scripts were not analysed.'
    }
}

function Install-Staged {
    $target = Join-Path ($env:PSModulePath -split [IO.Path]::PathSeparator)[0] "MalariaIncident/$version"
    if (Test-Path -Path $target) { Remove-Item -Path $target -Recurse -Force }
    Copy-Item -Path $staged -Destination $target -Recurse
    Get-Item -Path $target
}

switch ($Task) {
    'Clean' { Invoke-Tool dotnet @('clean', (Join-Path $root 'MalariaIncident.slnx'), '--nologo', '-v', 'quiet'); if (Test-Path "$root/out") { Remove-Item "$root/out" -Recurse } }
    'Build' { Build-Module -As $Configuration }
    'Test' { Build-Module -As $Configuration | Out-Null; Test-Everything }
    'Install' { Build-Module -As $Configuration | Out-Null; Install-Staged }
}
