"""The ground floor: policy, git, trees and changes, findings, report formats."""
